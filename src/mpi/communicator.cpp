/// MPI calls behind Communicator: error codes become exceptions, long messages are cut.
#include "distsne/mpi/communicator.hpp"

#include <algorithm>
#include <array>

#include "distsne/base/aligned.hpp"
#include "mpi/calls.hpp"
#include "mpi/native.hpp"

namespace distsne {
namespace {

constexpr std::size_t default_largest_message = std::size_t{1} << 30U;

template <class T>
void all_reduce(MPI_Comm comm, std::span<T> values, MPI_Datatype type, MPI_Op operation, std::size_t largest_bytes) {
  in_pieces(values.size(), std::max<std::size_t>(1, largest_bytes / sizeof(T)), [&](std::size_t offset, int count) {
    count_collective(static_cast<std::size_t>(count) * sizeof(T));
    check(MPI_Allreduce(MPI_IN_PLACE, values.data() + offset, count, type, operation, comm), "MPI_Allreduce");
  });
}

}  // namespace

Communicator::Native::Native(MPI_Comm handle_in, bool owned_in) : handle(handle_in), owned(owned_in) {
  check(MPI_Comm_set_errhandler(handle, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
}

Communicator::Native::~Native() {
  int finalized = 0;
  MPI_Finalized(&finalized);
  if (owned && finalized == 0) {
    MPI_Comm_free(&handle);
  }
}

Communicator::Communicator(std::shared_ptr<const Native> native, std::size_t largest_message)
    : native_(std::move(native)), largest_message_(largest_message) {}

Communicator Communicator::world() {
  return Communicator(std::make_shared<const Native>(MPI_COMM_WORLD, false), default_largest_message);
}

Communicator Communicator::self() {
  return Communicator(std::make_shared<const Native>(MPI_COMM_SELF, false), default_largest_message);
}

Communicator Communicator::duplicate(int fortran_handle) {
  int initialized = 0;
  int finalized = 0;
  MPI_Initialized(&initialized);
  MPI_Finalized(&finalized);
  if (initialized == 0 || finalized != 0) {
    throw Error("MPI is not running: maps are computed between MPI_Init and MPI_Finalize", ExitCode::bad_input,
                Known::everywhere);
  }
  MPI_Comm copy = MPI_COMM_NULL;
  check(MPI_Comm_dup(MPI_Comm_f2c(fortran_handle), &copy), "MPI_Comm_dup");
  return Communicator(std::make_shared<const Native>(copy, true), default_largest_message);
}

Communicator Communicator::with_largest_message(std::size_t bytes) const { return Communicator(native_, bytes); }

Rank Communicator::rank() const {
  int rank = 0;
  check(MPI_Comm_rank(native_->handle, &rank), "MPI_Comm_rank");
  return rank;
}

Rank Communicator::size() const {
  int size = 0;
  check(MPI_Comm_size(native_->handle, &size), "MPI_Comm_size");
  return size;
}

void Communicator::barrier() const { check(MPI_Barrier(native_->handle), "MPI_Barrier"); }

Communicator Communicator::first(Rank ranks) const {
  MPI_Comm part = MPI_COMM_NULL;
  check(MPI_Comm_split(native_->handle, rank() < ranks ? 0 : 1, rank(), &part), "MPI_Comm_split");
  return Communicator(std::make_shared<const Native>(part, true), largest_message_);
}

Communicator Communicator::node() const {
  MPI_Comm part = MPI_COMM_NULL;
  check(MPI_Comm_split_type(native_->handle, MPI_COMM_TYPE_SHARED, rank(), MPI_INFO_NULL, &part),
        "MPI_Comm_split_type");
  return Communicator(std::make_shared<const Native>(part, true), largest_message_);
}

void Communicator::broadcast_bytes(std::span<std::byte> data, Rank root) const {
  in_pieces(data.size(), largest_message_, [&](std::size_t offset, int bytes) {
    if (rank() == root) {
      count_collective(static_cast<std::size_t>(bytes));
    }
    check(MPI_Bcast(data.data() + offset, bytes, MPI_BYTE, root, native_->handle), "MPI_Bcast");
  });
}

std::string Communicator::broadcast_string(std::string text, Rank root) const {
  text.resize(broadcast_value(text.size(), root));
  broadcast(std::span<char>(text.data(), text.size()), root);
  return text;
}

void Communicator::sum(std::span<std::int64_t> values) const {
  all_reduce(native_->handle, values, MPI_INT64_T, MPI_SUM, largest_message_);
}
void Communicator::max(std::span<double> values) const {
  all_reduce(native_->handle, values, MPI_DOUBLE, MPI_MAX, largest_message_);
}
void Communicator::bit_or(std::span<std::uint64_t> values) const {
  all_reduce(native_->handle, values, MPI_UINT64_T, MPI_BOR, largest_message_);
}
std::int64_t Communicator::sum(std::int64_t value) const {
  sum(std::span<std::int64_t>(&value, 1));
  return value;
}
std::int64_t Communicator::min(std::int64_t value) const {
  all_reduce(native_->handle, std::span<std::int64_t>(&value, 1), MPI_INT64_T, MPI_MIN, largest_message_);
  return value;
}
std::int64_t Communicator::max(std::int64_t value) const {
  all_reduce(native_->handle, std::span<std::int64_t>(&value, 1), MPI_INT64_T, MPI_MAX, largest_message_);
  return value;
}
double Communicator::max(double value) const {
  max(std::span<double>(&value, 1));
  return value;
}

std::vector<double> Communicator::sum(std::span<const ExactSum> local) const {
  std::vector<std::int64_t> words;
  words.reserve(local.size() * ExactSum::words);
  for (const auto& one : local) {
    const auto carried = one.carried();
    words.insert(words.end(), carried.begin(), carried.end());
  }
  sum(std::span<std::int64_t>(words));
  std::vector<double> result;
  result.reserve(local.size());
  for (std::size_t i = 0; i < local.size(); ++i) {
    std::array<std::int64_t, ExactSum::words> one{};
    std::copy_n(words.begin() + static_cast<std::ptrdiff_t>(i * ExactSum::words), ExactSum::words, one.begin());
    result.push_back(ExactSum::from_words(one).value());
  }
  return result;
}

void Communicator::exclusive_sum(std::span<std::int64_t> values) const {
  in_pieces(values.size_bytes(), largest_message_ / sizeof(std::int64_t) * sizeof(std::int64_t),
            [&](std::size_t offset, int bytes) {
              count_collective(static_cast<std::size_t>(bytes));
              check(MPI_Exscan(MPI_IN_PLACE, values.data() + offset / sizeof(std::int64_t),
                               bytes / static_cast<int>(sizeof(std::int64_t)), MPI_INT64_T, MPI_SUM, native_->handle),
                    "MPI_Exscan");
            });
  if (is_root()) {
    std::fill(values.begin(), values.end(), 0);
  }
}

std::vector<std::int64_t> Communicator::all_gather(std::int64_t value) const {
  std::vector<std::int64_t> all(static_cast<std::size_t>(size()));
  count_collective(sizeof(value));
  check(MPI_Allgather(&value, 1, MPI_INT64_T, all.data(), 1, MPI_INT64_T, native_->handle), "MPI_Allgather");
  return all;
}

std::vector<double> Communicator::all_gather(double value) const {
  std::vector<double> all(static_cast<std::size_t>(size()));
  count_collective(sizeof(value));
  check(MPI_Allgather(&value, 1, MPI_DOUBLE, all.data(), 1, MPI_DOUBLE, native_->handle), "MPI_Allgather");
  return all;
}

void Communicator::all_gather_bytes(std::span<const std::byte> own, std::size_t element_bytes,
                                    std::span<const GlobalIndex> counts, std::byte* all) const {
  std::vector<std::size_t> offsets{0};
  for (const GlobalIndex count : counts) {
    offsets.push_back(offsets.back() + static_cast<std::size_t>(count) * element_bytes);
  }
  const auto me = static_cast<std::size_t>(rank());
  if (offsets.back() <= largest_message_) {
    std::vector<int> bytes;
    std::vector<int> displacements;
    for (std::size_t r = 0; r < counts.size(); ++r) {
      bytes.push_back(narrow<int>(offsets[r + 1] - offsets[r]));
      displacements.push_back(narrow<int>(offsets[r]));
    }
    count_collective(own.size());
    check(MPI_Allgatherv(own.data(), bytes[me], MPI_BYTE, all, bytes.data(), displacements.data(), MPI_BYTE,
                         native_->handle),
          "MPI_Allgatherv");
    return;
  }
  std::copy(own.begin(), own.end(), all + offsets[me]);
  for (std::size_t r = 0; r < counts.size(); ++r) {
    broadcast_bytes(std::span<std::byte>(all + offsets[r], offsets[r + 1] - offsets[r]), static_cast<Rank>(r));
  }
}

void Communicator::exchange_bytes(Rank partner, std::span<const std::byte> send, std::span<std::byte> receive) const {
  std::vector<MPI_Request> requests;
  in_pieces(receive.size(), largest_message_, [&](std::size_t offset, int bytes) {
    check(MPI_Irecv(receive.data() + offset, bytes, MPI_BYTE, partner, message_tag, native_->handle,
                    &requests.emplace_back(MPI_REQUEST_NULL)),
          "MPI_Irecv");
  });
  in_pieces(send.size(), largest_message_, [&](std::size_t offset, int bytes) {
    count_message(static_cast<std::size_t>(bytes));
    check(MPI_Isend(send.data() + offset, bytes, MPI_BYTE, partner, message_tag, native_->handle,
                    &requests.emplace_back(MPI_REQUEST_NULL)),
          "MPI_Isend");
  });
  wait_all(requests);
}

void Communicator::ring(std::span<const std::byte> own, std::span<const std::size_t> block_bytes,
                        const std::function<void(Rank, std::span<const std::byte>)>& visit) const {
  const Rank ranks = size();
  const Rank me = rank();
  const Rank next = (me + 1) % ranks;
  const Rank previous = (me + ranks - 1) % ranks;
  std::array<AlignedVector<std::byte>, 2> buffers;
  std::vector<MPI_Request> requests;
  std::span<const std::byte> current = own;
  for (Rank step = 0; step < ranks; ++step) {
    const Rank owner = (me - step + ranks) % ranks;
    auto& incoming = buffers[static_cast<std::size_t>(step) % 2];
    if (step + 1 < ranks) {
      incoming.resize(block_bytes[static_cast<std::size_t>((owner - 1 + ranks) % ranks)]);
      in_pieces(incoming.size(), largest_message_, [&](std::size_t offset, int bytes) {
        check(MPI_Irecv(incoming.data() + offset, bytes, MPI_BYTE, previous, message_tag, native_->handle,
                        &requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Irecv");
      });
      in_pieces(current.size(), largest_message_, [&](std::size_t offset, int bytes) {
        count_message(static_cast<std::size_t>(bytes));
        check(MPI_Isend(current.data() + offset, bytes, MPI_BYTE, next, message_tag, native_->handle,
                        &requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Isend");
      });
    }
    visit(owner, current);
    wait_all(requests);
    current = incoming;
  }
}

}  // namespace distsne
