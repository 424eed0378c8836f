/// Recipes for files of other kinds.
#include "io/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "io/bytes.hpp"

namespace distsne {
namespace {

using namespace std::string_view_literals;

struct Kind {
  std::string_view magic;  ///< what such files begin with
  std::string_view what;
  std::string_view recipe;
};

constexpr std::array kinds{
    Kind{"PAR1"sv, "a Parquet file", "in Python, pandas.read_parquet(file).to_csv('rows.csv', index=False)"},
    Kind{"ARROW1"sv, "an Arrow (Feather) file", "in Python, pandas.read_feather(file).to_csv('rows.csv', index=False)"},
    Kind{"FEA1"sv, "a Feather file", "in Python, pandas.read_feather(file).to_csv('rows.csv', index=False)"},
    Kind{"RDX"sv, "an R workspace (.RData)", "in R, load(file), then write.csv(x, 'rows.csv')"},
    Kind{"RDA"sv, "an R workspace (.RData)", "in R, load(file), then write.csv(x, 'rows.csv')"},
    Kind{"X\n\0\0\0"sv, "an R object (.rds), such as one of Seurat",
         "in R, write.csv(x, 'rows.csv'); of a Seurat object x, write.csv(Embeddings(x, 'pca'), 'rows.csv')"},
    Kind{"A\n"sv, "an R object (.rds)", "in R, write.csv(readRDS(file), 'rows.csv')"},
    Kind{"B\n"sv, "an R object (.rds)", "in R, write.csv(readRDS(file), 'rows.csv')"},
    Kind{"\x80\x02"sv, "a Python pickle",
         "in Python, numpy.save('rows.npy', numpy.asarray(pickle.load(open(file, 'rb'))))"},
    Kind{"\x80\x03"sv, "a Python pickle",
         "in Python, numpy.save('rows.npy', numpy.asarray(pickle.load(open(file, 'rb'))))"},
    Kind{"\x80\x04"sv, "a Python pickle",
         "in Python, numpy.save('rows.npy', numpy.asarray(pickle.load(open(file, 'rb'))))"},
    Kind{"\x80\x05"sv, "a Python pickle",
         "in Python, numpy.save('rows.npy', numpy.asarray(pickle.load(open(file, 'rb'))))"},
    Kind{"CDF\x01"sv, "a NetCDF 3 file", "nccopy -k nc4 turns it into HDF5"},
    Kind{"CDF\x02"sv, "a NetCDF 3 file", "nccopy -k nc4 turns it into HDF5"},
    Kind{"SIMPLE  ="sv, "a FITS file", "in Python, numpy.save('rows.npy', astropy.io.fits.getdata(file))"},
    Kind{"SQLite format 3"sv, "an SQLite database", "sqlite3 -header -csv file 'select * from t' > rows.csv"},
    Kind{"\x89PNG"sv, "a picture (PNG)", "rows are vectors: compute a vector of each picture first"},
    Kind{"\xFF\xD8\xFF"sv, "a picture (JPEG)", "rows are vectors: compute a vector of each picture first"},
    Kind{"%PDF"sv, "a PDF", "it holds no rows"},
    Kind{"\xFD"
         "7zXZ"sv,
         "a file packed by xz", "unpack it with unxz"},
    Kind{"BZh"sv, "a file packed by bzip2", "unpack it with bunzip2"},
    Kind{"\x28\xB5\x2F\xFD"sv, "a file packed by zstd", "unpack it with unzstd"},
    Kind{"\xFF\xFE"sv, "a text in UTF-16", "iconv -f UTF-16 -t UTF-8 file > rows.csv"},
    Kind{"\xFE\xFF"sv, "a text in UTF-16", "iconv -f UTF-16 -t UTF-8 file > rows.csv"},
    Kind{">"sv, "a file of sequences (FASTA)", "rows are vectors of numbers: compute them from the sequences first"},
    Kind{"@relation"sv, "a Weka file (ARFF)",
         "in Python, pandas.DataFrame(scipy.io.arff.loadarff(file)[0]).to_csv('rows.csv', index=False)"},
    Kind{"{"sv, "a JSON text", "in Python, pandas.read_json(file).to_csv('rows.csv', index=False)"},
    Kind{"["sv, "a JSON text", "in Python, numpy.save('rows.npy', numpy.array(json.load(open(file))))"},
    Kind{"<"sv, "an XML or HTML text", "rows are numbers: write them as CSV"},
};

std::string sentence(const std::string& path, std::string_view what, std::string_view recipe) {
  return fmt::format("'{}' is {}, which distsne does not read: {}", path, what, recipe);
}

std::string of_archive(const std::string& path) {
  std::vector<std::string> names;
  try {
    names = names_in_zip(path);
  } catch (const std::exception&) {
    return fmt::format("'{}' is a zip archive that cannot be opened: it is truncated or damaged", path);
  }
  const auto any = [&](std::string_view part) {
    return std::any_of(names.begin(), names.end(),
                       [part](const std::string& name) { return name.find(part) != std::string::npos; });
  };
  if (any("xl/worksheets")) {
    return sentence(path, "an Excel workbook", "save the sheet as CSV");
  }
  if (any("data.pkl")) {
    return sentence(path, "a file of PyTorch", "in Python, numpy.save('rows.npy', torch.load(file).numpy())");
  }
  if (any(".zarray") || any("zarr.json")) {
    return sentence(path, "a Zarr store", "in Python, anndata.read_zarr(file).write_h5ad('cells.h5ad')");
  }
  return sentence(path, "a zip archive", "unpack it with unzip");
}

}  // namespace

std::string refusal_of_directory(const std::string& path) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  for (const char* name : {".zgroup", ".zarray", "zarr.json", ".zattrs"}) {
    if (fs::exists(fs::path(path) / name, ignored)) {
      return sentence(path, "a Zarr store",
                      "in Python, anndata.read_zarr(file).write_h5ad('cells.h5ad'), or for an array "
                      "numpy.save('rows.npy', zarr.open(file)[:])");
    }
  }
  for (const char* name : {"matrix.mtx", "matrix.mtx.gz"}) {
    if (fs::exists(fs::path(path) / name, ignored)) {
      return fmt::format("cannot read '{}': it is a directory; name the file in it, '{}'", path,
                         (fs::path(path) / name).string());
    }
  }
  return fmt::format("cannot read '{}': it is a directory; name an HDF5 file in it", path);
}

std::string refusal_of(const FileHead& head) {
  if (head.bytes.starts_with("PK\x03\x04")) {
    return of_archive(head.path);
  }
  for (const Kind& kind : kinds) {
    if (head.bytes.starts_with(kind.magic)) {
      return sentence(head.path, kind.what, kind.recipe);
    }
  }
  const bool binary = std::any_of(head.bytes.begin(), head.bytes.end(), [](char c) { return c == '\0'; });
  return binary ? fmt::format(
                      "'{}' is not an HDF5 file, nor of another kind that distsne knows: convert it, for example "
                      "with h5py, or say how its numbers lie with --shape ROWS,COLUMNS --type f4",
                      head.path)
                : fmt::format(
                      "'{}' is a text without columns of numbers, not an HDF5 file: rows of numbers separated by "
                      "commas, tabs or semicolons are wanted",
                      head.path);
}

}  // namespace distsne
