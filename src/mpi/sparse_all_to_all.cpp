/// Exchanges among ranks that have something for each other: what they cost does not depend on how many others there
/// are.
#include <algorithm>

#include "distsne/mpi/communicator.hpp"
#include "mpi/calls.hpp"
#include "mpi/native.hpp"

namespace distsne {
namespace {

/// Of announcements: two in turn, as a rank may be one call ahead of another.
constexpr std::array<int, 2> announcement_tags{18, 19};

}  // namespace

std::vector<RankCount> nonzero_counts(std::span<const std::int64_t> counts) {
  std::vector<RankCount> parts;
  for (std::size_t r = 0; r < counts.size(); ++r) {
    if (counts[r] > 0) {
      parts.push_back({static_cast<Rank>(r), counts[r]});
    }
  }
  return parts;
}

// The nonblocking consensus of Hoefler, Siebert and Lumsdaine (2010, "Scalable communication protocols for dynamic
// sparse data exchange"): a rank whose messages have all been received enters a barrier, and goes on receiving until
// all ranks have entered it.
std::vector<RankCount> Communicator::announce(std::span<const RankCount> to) const {
  std::vector<RankCount> from;
  std::vector<MPI_Request> sends;
  const Rank me = rank();
  const MPI_Comm comm = native_->handle;
  const int tag = announcement_tags[native_->announcements++ % announcement_tags.size()];
  for (const RankCount& part : to) {
    if (part.rank == me && part.count > 0) {
      from.push_back(part);
    }
  }
  if (size() == 1) {
    return from;
  }
  for (const RankCount& part : to) {
    if (part.rank != me && part.count > 0) {
      count_message(sizeof(part.count));
      check(MPI_Issend(&part.count, 1, MPI_INT64_T, part.rank, tag, comm, &sends.emplace_back(MPI_REQUEST_NULL)),
            "MPI_Issend");
    }
  }
  MPI_Request barrier = MPI_REQUEST_NULL;
  bool all_received = false;
  for (int done = 0; done == 0;) {
    int arrived = 0;
    MPI_Status status;
    check(MPI_Iprobe(MPI_ANY_SOURCE, tag, comm, &arrived, &status), "MPI_Iprobe");
    if (arrived != 0) {
      RankCount& part = from.emplace_back(RankCount{status.MPI_SOURCE, 0});
      check(MPI_Recv(&part.count, 1, MPI_INT64_T, part.rank, tag, comm, MPI_STATUS_IGNORE), "MPI_Recv");
    }
    if (all_received) {
      check(MPI_Test(&barrier, &done, MPI_STATUS_IGNORE), "MPI_Test");
      continue;
    }
    int received = 0;
    check(MPI_Testall(narrow<int>(sends.size()), sends.data(), &received, MPI_STATUSES_IGNORE), "MPI_Testall");
    if (received != 0) {
      all_received = true;
      count_collective(0);
      check(MPI_Ibarrier(comm, &barrier), "MPI_Ibarrier");
    }
  }
  std::sort(from.begin(), from.end(), [](const RankCount& a, const RankCount& b) { return a.rank < b.rank; });
  return from;
}

void Communicator::sparse_all_to_all(std::span<const std::byte> send, std::span<const RankCount> to,
                                     std::span<std::byte> receive, std::span<const RankCount> from,
                                     std::size_t element_bytes) const {
  const Rank me = rank();
  std::vector<MPI_Request> requests;
  std::byte* own_place = nullptr;
  std::byte* place = receive.data();
  for (const RankCount& part : from) {
    const std::size_t bytes = static_cast<std::size_t>(part.count) * element_bytes;
    if (part.rank == me) {
      own_place = place;
    } else {
      in_pieces(bytes, largest_message_, [&](std::size_t offset, int piece) {
        check(MPI_Irecv(place + offset, piece, MPI_BYTE, part.rank, message_tag, native_->handle,
                        &requests.emplace_back(MPI_REQUEST_NULL)),
              "MPI_Irecv");
      });
    }
    place += bytes;
  }
  // Each rank begins with those above it, so that not all send to the same one at once.
  std::vector<std::size_t> offsets;
  std::size_t total = 0;
  for (const RankCount& part : to) {
    offsets.push_back(total);
    total += static_cast<std::size_t>(part.count) * element_bytes;
  }
  const auto above =
      std::find_if(to.begin(), to.end(), [me](const RankCount& part) { return part.rank > me; }) - to.begin();
  for (std::size_t i = 0; i < to.size(); ++i) {
    const std::size_t next = (static_cast<std::size_t>(above) + i) % to.size();
    const RankCount& part = to[next];
    const std::size_t bytes = static_cast<std::size_t>(part.count) * element_bytes;
    if (part.rank == me) {
      std::copy_n(send.data() + offsets[next], bytes, own_place);
      continue;
    }
    in_pieces(bytes, largest_message_, [&](std::size_t offset, int piece) {
      count_message(static_cast<std::size_t>(piece));
      check(MPI_Isend(send.data() + offsets[next] + offset, piece, MPI_BYTE, part.rank, message_tag, native_->handle,
                      &requests.emplace_back(MPI_REQUEST_NULL)),
            "MPI_Isend");
    });
  }
  wait_all(requests);
}

}  // namespace distsne
