/// Drawing points with WebGL2: the same sums of light as without, in a texture of floats.

const pointVertex = `#version 300 es
in float x; in float y; in uint shade; in float heavy;
uniform vec4 place; uniform float diameter; uniform float weight; uniform sampler2D table; uniform int tableWidth;
out vec4 light;
void main() {
  int s = int(shade);
  light = texelFetch(table, ivec2(s % tableWidth, s / tableWidth), 0) * (weight * heavy);
  gl_Position = light.a == 0.0 ? vec4(2.0, 2.0, 2.0, 1.0) : vec4(place.xy + vec2(x, y) * place.zw, 0.0, 1.0);
  gl_PointSize = diameter + 1.0;
}`;
const pointFragment = `#version 300 es
precision highp float;
in vec4 light; uniform float diameter; out vec4 sum;
void main() {
  float far = length(gl_PointCoord - 0.5) * (diameter + 1.0);
  float share = diameter <= 1.6 ? step(far, 0.75) : clamp(diameter * 0.5 + 0.5 - far, 0.0, 1.0);
  sum = light * share;
}`;
const showVertex = `#version 300 es
void main() { gl_Position = vec4(gl_VertexID == 1 ? 3.0 : -1.0, gl_VertexID == 2 ? 3.0 : -1.0, 0.0, 1.0); }`;
const showFragment = `#version 300 es
precision highp float;
uniform sampler2D sums; uniform float single; uniform float rate; out vec4 color;
void main() {
  vec4 sum = texelFetch(sums, ivec2(gl_FragCoord.xy), 0);
  float opacity = sum.a < 1.0 ? single * sum.a : 1.0 - (1.0 - single) * exp(-rate * (sum.a - 1.0));
  color = vec4(pow(clamp(sum.rgb / max(sum.a, 1e-9), 0.0, 1.0), vec3(1.0 / 2.2)) * opacity, opacity);
}`;
const software = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/// Null where WebGL2 is missing, cannot sum in floats, or has no graphics card behind it (unless `anyway`).
export function makeWebGlRenderer(canvas, anyway) {
  const probe = document.createElement('canvas').getContext('webgl2');
  const info = probe?.getExtension('WEBGL_debug_renderer_info');
  const device = info ? probe.getParameter(info.UNMASKED_RENDERER_WEBGL) : '';
  if (!probe?.getExtension('EXT_color_buffer_float') || (software.test(device) && !anyway)) {
    return null;
  }
  probe.getExtension('WEBGL_lose_context')?.loseContext();
  const gl = canvas.getContext('webgl2', { antialias: false, depth: false, preserveDrawingBuffer: true });
  return gl ? new WebGlRenderer(canvas, gl) : null;
}

class WebGlRenderer {
  constructor(canvas, gl) {
    this.canvas = canvas;
    this.gl = gl;
    this.name = 'webgl';
    this.restBudget = 3e7;
    gl.getExtension('EXT_color_buffer_float');
    this.format = gl.getExtension('EXT_float_blend') ? gl.RGBA32F : gl.RGBA16F;
    this.points = program(gl, pointVertex, pointFragment);
    this.resolve = program(gl, showVertex, showFragment);
    this.table = texture(gl);
    this.sums = texture(gl);
    this.frame = gl.createFramebuffer();
    this.empty = gl.createVertexArray();
    this.uploads = new WeakMap();
  }

  resize(width, height) {
    const { gl } = this;
    this.canvas.width = width;
    this.canvas.height = height;
    gl.bindTexture(gl.TEXTURE_2D, this.sums);
    const half = this.format === gl.RGBA16F;
    gl.texImage2D(gl.TEXTURE_2D, 0, this.format, width, height, 0, gl.RGBA, half ? gl.HALF_FLOAT : gl.FLOAT, null);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.sums, 0);
  }

  begin(view, ratio, style, table) {
    const { gl, points } = this;
    this.view = view;
    this.style = style;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.bindTexture(gl.TEXTURE_2D, this.table);
    const width = Math.min(1024, table.length / 4);
    const padded = new Float32Array(4 * width * Math.ceil(table.length / 4 / width));
    padded.set(table);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, width, padded.length / 4 / width, 0, gl.RGBA, gl.FLOAT, padded);
    gl.useProgram(points.program);
    gl.uniform1i(points.at('tableWidth'), width);
    gl.vertexAttrib1f(points.attribute('heavy'), 1); // where a tile has no weights
    gl.uniform1f(points.at('diameter'), Math.max(1, style.diameter * ratio));
  }

  add(tile, weights, every) {
    const { gl, view, points } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.frame);
    gl.useProgram(points.program);
    gl.bindTexture(gl.TEXTURE_2D, this.table);
    gl.bindVertexArray(this.upload(tile, weights, every));
    const wide = (2 * view.scale) / view.width;
    const high = (2 * view.scale) / view.height;
    gl.uniform4f(points.at('place'), (tile.x - view.x) * wide, (tile.y - view.y) * high, tile.side * wide,
      tile.side * high);
    gl.uniform1f(points.at('weight'), every);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.drawArrays(gl.POINTS, 0, Math.ceil(tile.own / every));
    gl.disable(gl.BLEND);
  }

  upload(tile, weights, every) {
    const { gl, points } = this;
    let known = this.uploads.get(tile);
    if (!known) {
      known = { array: gl.createVertexArray(), buffers: [1, 2, 3, 4].map(() => gl.createBuffer()), every: 0, of: null };
      this.uploads.set(tile, known);
      this.fill(known.buffers[0], tile.xs);
      this.fill(known.buffers[1], tile.ys);
      this.fill(known.buffers[3], tile.weights ?? new Float32Array(0));
    }
    if (known.of !== tile.shades) {
      this.fill(known.buffers[2], tile.shades);
      known.of = tile.shades;
    }
    if (known.every !== every || known.weights !== weights) {
      gl.bindVertexArray(known.array);
      ['x', 'y', 'shade', 'heavy'].forEach((name, k) => {
        const place = points.attribute(name);
        gl.bindBuffer(gl.ARRAY_BUFFER, known.buffers[k]);
        gl.enableVertexAttribArray(place);
        if (name === 'heavy' && weights === null) {
          gl.disableVertexAttribArray(place);
        } else if (name === 'shade') {
          gl.vertexAttribIPointer(place, 1, gl.UNSIGNED_SHORT, 2 * every, 0);
        } else {
          gl.vertexAttribPointer(place, 1, gl.FLOAT, false, 4 * every, 0);
        }
      });
      Object.assign(known, { every, weights });
    }
    return known.array;
  }

  /// Frees what was kept of a tile.
  forget(tile) {
    const known = this.uploads.get(tile);
    if (known) {
      this.gl.deleteVertexArray(known.array);
      known.buffers.forEach((buffer) => this.gl.deleteBuffer(buffer));
      this.uploads.delete(tile);
    }
  }

  fill(buffer, values) {
    this.gl.bindBuffer(this.gl.ARRAY_BUFFER, buffer);
    this.gl.bufferData(this.gl.ARRAY_BUFFER, values, this.gl.STATIC_DRAW);
  }

  show() {
    const { gl, resolve } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.useProgram(resolve.program);
    gl.bindVertexArray(this.empty);
    gl.bindTexture(gl.TEXTURE_2D, this.sums);
    gl.uniform1f(resolve.at('single'), this.style.single);
    gl.uniform1f(resolve.at('rate'), this.style.rate);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }
}

function texture(gl) {
  const made = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  return made;
}

function program(gl, vertex, fragment) {
  const made = gl.createProgram();
  for (const [kind, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, text);
    gl.compileShader(shader);
    gl.attachShader(made, shader);
  }
  gl.linkProgram(made);
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) {
    throw new Error(`WebGL: ${gl.getProgramInfoLog(made)}`);
  }
  const places = {};
  return {
    program: made,
    at: (name) => (places[name] ??= gl.getUniformLocation(made, name)),
    attribute: (name) => gl.getAttribLocation(made, name),
  };
}
