/// HDF5 handles that close themselves, and HDF5 error codes as exceptions.
#pragma once

#include <hdf5.h>

#include <string>
#include <utility>

#include "distsne/base/error.hpp"

namespace distsne {

/// Owns an HDF5 identifier.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5Handle() = default;
  /// Throws Error with `failure` when the identifier is not valid.
  Hdf5Handle(hid_t id, Close close_with, const std::string& failure, ExitCode code = ExitCode::io_failure)
      : id_(id), close_(close_with) {
    if (id_ < 0) {
      throw Error(failure, code);
    }
  }
  Hdf5Handle(const Hdf5Handle&) = delete;
  Hdf5Handle& operator=(const Hdf5Handle&) = delete;
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) {
      close_(id_);
    }
  }

  [[nodiscard]] hid_t id() const { return id_; }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

/// Throws Error with `failure` when an HDF5 call returned an error.
inline void check_hdf5(herr_t status, const std::string& failure, ExitCode code = ExitCode::io_failure) {
  if (status < 0) {
    throw Error(failure, code);
  }
}

}  // namespace distsne
