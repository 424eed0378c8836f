/// Where sections come from: elements of the page, or ranges of the files in the folder of tiles.
import { fromBase64, inflate } from './inflate.js';

export class Source {
  /// `sizes[part][tile]` are lengths of sections, one after the other: letters of base64, or bytes of a file in the
  /// folder; where there is none, the page has them.
  constructor(sizes, folder, files) {
    this.folder = folder;
    this.files = files;
    this.bytes = 0; // that were fetched
    this.sizes = sizes;
    this.begins = sizes.map((part) => {
      let sum = 0;
      return part.map((size) => (sum += size) - size);
    });
    this.texts = [];
  }

  async section(part, tile) {
    const begin = this.begins[part][tile];
    const end = begin + this.sizes[part][tile];
    return inflate(this.folder ? await this.fetched(part, begin, end) : this.embedded(part, begin, end));
  }

  embedded(part, begin, end) {
    this.texts[part] ??= document.getElementById(`part-${part}`).textContent;
    return fromBase64(this.texts[part].slice(begin, end));
  }

  async fetched(part, begin, end) {
    if (location.protocol === 'file:') {
      throw new Error('A page with a folder of tiles has to come from a web server.');
    }
    const answer = await fetch(`${encodeURIComponent(this.folder)}/${this.files[part]}`,
      { headers: { Range: `bytes=${begin}-${end - 1}` } });
    if (answer.status !== 206) {
      throw new Error(`The server does not send parts of files (status ${answer.status}).`);
    }
    const bytes = new Uint8Array(await answer.arrayBuffer());
    this.bytes += bytes.length;
    return bytes;
  }
}
