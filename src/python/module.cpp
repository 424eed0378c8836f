/// The Python module: distsne.embed over NumPy arrays, by the C interface.
#include <mpi.h>
#include <pybind11/numpy.h>
#include <pybind11/pybind11.h>

#include <cstdint>
#include <memory>
#include <string>

#include "distsne/distsne.h"

namespace {

namespace py = pybind11;

template <class Value>
using Rows = py::array_t<Value, py::array::c_style | py::array::forcecast>;

using OptionsHandle = std::unique_ptr<distsne_options, decltype(&distsne_options_free)>;
using MapHandle = std::shared_ptr<distsne_map>;

/// What embed() gives back beside the points.
class Map {
 public:
  explicit Map(MapHandle map) : map_(std::move(map)) {}
  [[nodiscard]] double kl() const { return distsne_map_kl(map_.get()); }
  [[nodiscard]] std::int64_t iterations() const { return distsne_map_iterations(map_.get()); }
  [[nodiscard]] bool finished() const { return distsne_map_finished(map_.get()) != 0; }
  [[nodiscard]] std::string notes() const { return distsne_map_notes(map_.get()); }
  [[nodiscard]] py::array points(bool doubles) const {
    const std::vector<py::ssize_t> shape{distsne_map_rows(map_.get()), distsne_map_dims(map_.get())};
    if (doubles) {
      py::array_t<double> points(shape);
      distsne_map_points_double(map_.get(), points.mutable_data());
      return points;
    }
    py::array_t<float> points(shape);
    distsne_map_points(map_.get(), points.mutable_data());
    return points;
  }

 private:
  MapHandle map_;
};

/// An option's value as text: lists with commas, flags as true and false.
std::string text_of(const py::handle& value) {
  if (py::isinstance<py::bool_>(value)) {
    return value.cast<bool>() ? "true" : "false";
  }
  if (py::isinstance<py::list>(value) || py::isinstance<py::tuple>(value)) {
    std::string all;
    for (const py::handle one : value) {
      all += (all.empty() ? "" : ",") + text_of(one);
    }
    return all;
  }
  return py::str(value);
}

void check(int code) {
  if (code == 0) {
    return;
  }
  const std::string message = distsne_error();
  if (distsne_error_is_everywhere() == 0) {
    int ranks = 1;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks > 1) {  // the other ranks wait for this one
      py::print("distsne:", message, py::arg("file") = py::module_::import("sys").attr("stderr"));
      MPI_Abort(MPI_COMM_WORLD, code);
    }
  }
  if (code == 2) {
    throw py::value_error(message);
  }
  throw std::runtime_error(message);
}

/// Who is asked after each iteration, and what came of it.
struct Watch {
  py::object call;
  std::unique_ptr<py::error_already_set> error;

  static int after(void* user, std::int64_t iteration, std::int64_t total, double kl) {
    const py::gil_scoped_acquire lock;
    auto& watch = *static_cast<Watch*>(user);
    if (watch.error) {
      return 1;
    }
    try {
      if (PyErr_CheckSignals() != 0) {
        throw py::error_already_set();
      }
      return !watch.call.is_none() && py::bool_(watch.call(iteration, total, kl)) ? 1 : 0;
    } catch (py::error_already_set& error) {
      watch.error = std::make_unique<py::error_already_set>(std::move(error));
      return 1;
    }
  }
};

/// The Fortran handle of a communicator of mpi4py; of None that of this process alone. Starts MPI where nobody has.
int handle_of(const py::object& comm) {
  if (!comm.is_none()) {
    return comm.attr("py2f")().cast<int>();
  }
  int running = 0;
  MPI_Initialized(&running);
  if (running == 0) {
    try {
      py::module_::import("mpi4py.MPI");  // which starts and ends it
    } catch (py::error_already_set& error) {
      if (!error.matches(PyExc_ImportError)) {
        throw;
      }
      int provided = 0;
      MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
      py::module_::import("atexit").attr("register")(py::cpp_function([] { MPI_Finalize(); }));
    }
  }
  return MPI_Comm_c2f(MPI_COMM_SELF);
}

py::object embed(const py::array& x, const py::object& comm, const py::object& watch, bool full,
                 const py::object& weights, const py::kwargs& kwargs) {
  if (x.ndim() != 2) {
    throw py::value_error("a matrix is wanted, with a row for each point");
  }
  const OptionsHandle options(distsne_options_create(), &distsne_options_free);
  bool doubles = false;
  for (const auto& [key, value] : kwargs) {
    std::string name = py::str(key);
    for (char& letter : name) {
      letter = letter == '_' ? '-' : letter;
    }
    const std::string text = text_of(value);
    check(distsne_options_set(options.get(), name.c_str(), text.c_str()));
    doubles = name == "precision" ? text == "double" : doubles;
  }
  if (!weights.is_none()) {
    const Rows<double> own(weights);
    if (own.ndim() != 1) {
      throw py::value_error("weights: one number for each row is wanted");
    }
    check(distsne_options_set_weights(options.get(), own.data(), own.size()));
  }
  Watch told{watch, nullptr};
  distsne_options_set_watch(options.get(), &Watch::after, &told);
  const int handle = handle_of(comm);
  distsne_map* made = nullptr;
  int code = 0;
  const auto compute = [&](const auto& rows, const auto& call) {
    const auto* data = rows.data();
    const py::gil_scoped_release free;
    code = call(handle, data, rows.shape(0), static_cast<std::int32_t>(rows.shape(1)), options.get(), &made);
  };
  if (py::isinstance<py::array_t<float>>(x)) {
    compute(Rows<float>(x), &distsne_embed);
  } else {
    compute(Rows<double>(x), &distsne_embed_double);
  }
  const MapHandle map(made, &distsne_map_free);
  if (told.error) {
    throw py::error_already_set(std::move(*told.error));
  }
  check(code);
  const Map result(map);
  const py::array points = result.points(doubles);
  return full ? py::object(py::make_tuple(points, result)) : py::object(points);
}

}  // namespace

PYBIND11_MODULE(distsne, module) {
  module.doc() = "SNE, symmetric SNE and t-SNE maps; the same bits as the program distsne, for any number of ranks";
  module.attr("__version__") = distsne_version();
  py::class_<Map>(module, "Map", "What is known of a map beside its points")
      .def_property_readonly("kl", &Map::kl, "cost, in nats")
      .def_property_readonly("iterations", &Map::iterations)
      .def_property_readonly("finished", &Map::finished, "False where the watch has stopped it")
      .def_property_readonly("notes", &Map::notes, "what a user should know of it, a line each");
  module.def(
      "embed", &embed, py::arg("x"), py::kw_only(), py::arg("comm") = py::none(), py::arg("watch") = py::none(),
      py::arg("full") = false, py::arg("weights") = py::none(),
      "Points of the rows of a matrix, rows x dims.\n\n"
      "comm: a communicator of mpi4py, each of whose ranks gives its rows and gets their points; None: this\n"
      "process alone. watch(iteration, total, kl) is called at 0 and after each iteration; what is true stops it.\n"
      "full: also return a Map. weights: how many equal points each row stands for, a number above 0 for each row.\n"
      "The other arguments are the options of distsne embed, such as perplexity=50,\n"
      "with _ for -; ValueError where there is no such option or it does not take the value.");
}
