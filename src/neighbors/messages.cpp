/// Sending messages in one exchange.
#include "neighbors/messages.hpp"

namespace distsne {

Arrived send_messages(const Communicator& comm, const std::vector<std::vector<Message>>& messages) {
  std::vector<std::byte> all;
  std::vector<std::int64_t> bytes(static_cast<std::size_t>(comm.size()), 0);
  for (std::size_t r = 0; r < bytes.size(); ++r) {
    const std::size_t before = all.size();
    for (const std::vector<Message>& parts : messages) {
      all.insert(all.end(), parts[r].data.begin(), parts[r].data.end());
    }
    bytes[r] = static_cast<std::int64_t>(all.size() - before);
  }
  Arrived arrived;
  arrived.data = comm.all_to_all(std::span<const std::byte>(all), bytes, arrived.bytes);
  return arrived;
}

}  // namespace distsne
