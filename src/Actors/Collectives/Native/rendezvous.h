// Connects the members of a group with each other by TCP, and with nobody else.
//
// Gloo's own connections go to whoever comes first: a port scan in the right moment would take the place of a member,
// and the group would not form. Here every member listens on one port until all members with a higher rank have come.
// A connection counts if it says, in time, which rank it comes from and what the listener's secret is. The listener
// answers with the caller's secret, so the caller knows that it has reached the member and not its port's next owner.
// A secret is a part of a member's address. Members get the addresses from the supervisor, so strangers know no secret.
// Strangers are dropped. They cost neither the group nor the time of a member.
#pragma once

#include <netdb.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace starling {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::milliseconds;

// The numbers are those of GlooStatus in C#.
enum Status { kOk = 0, kPeerLost = 1, kTimedOut = 2, kAborted = 3, kInvalid = 4 };

struct Failure : std::runtime_error {
  Failure(Status status, const std::string& what) : std::runtime_error(what), status(status) {}
  Status status;
};

// Owns a file descriptor.
class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Secret {
  unsigned char bytes[32];

  static Secret random() {
    Secret secret;
    if (getrandom(secret.bytes, sizeof secret.bytes, 0) != sizeof secret.bytes)
      throw std::runtime_error("the system gives no random bytes");
    return secret;
  }

  // Takes the same time for every guess, so that the time does not tell how much of the guess was right.
  bool operator==(const Secret& other) const {
    unsigned char difference = 0;
    for (size_t i = 0; i < sizeof bytes; i++) difference |= bytes[i] ^ other.bytes[i];
    return difference == 0;
  }
};

class Rendezvous {
 public:
  // Listens on a free port of `host`, which is a numeric address. The last rank is called by nobody: it only calls.
  Rendezvous(int rank, int size, const char* host) : rank_(rank), size_(size), wake_(eventfd(0, EFD_CLOEXEC)) {
    if (!wake_.open()) throw std::runtime_error(std::string("eventfd: ") + std::strerror(errno));
    own_.rank = rank;
    own_.size = size;
    own_.secret = Secret::random();
    if (rank + 1 < size) listen(host);
  }

  // The bytes of this member's Address.
  std::vector<char> address() const {
    const char* bytes = reinterpret_cast<const char*>(&own_);
    return std::vector<char>(bytes, bytes + sizeof own_);
  }

  // Connects to all other members. `addresses` holds the addresses of all ranks, one after another. Returns the
  // sockets by rank.
  std::vector<Fd> connect(const char* addresses, Milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    read(addresses);
    std::vector<Fd> sockets(size_);
    std::vector<Call> calls(rank_);
    std::deque<Guest> guests;
    for (;;) {
      throwIfAborted();
      for (int peer = 0; peer < rank_; peer++) advance(peer, calls[peer], sockets[peer]);
      if (listener_.open()) admit(guests, sockets);
      const std::vector<int> missing = missingOf(sockets);
      // Nobody else is waited for here, so nobody else may come in.
      if (missing.empty() || missing.back() < rank_) listener_ = Fd();
      if (missing.empty()) return sockets;
      const auto now = Clock::now();
      if (now >= deadline) throw Failure(kTimedOut, notAll(missing, timeout));
      wait(calls, sockets, guests, now, deadline);
    }
  }

  // Ends connect() from any thread.
  void abort() {
    aborted_ = true;
    const uint64_t one = 1;
    if (::write(wake_.get(), &one, sizeof one) < 0) return;  // the counter is full, so connect() wakes anyway
  }

 private:
  // All values are those of one build on machines of one byte order: the greeting that follows compares protocols.
  struct Address {
    int32_t rank = 0, size = 0;
    sockaddr_storage at = {};
    Secret secret = {};
  };
  struct Hello {
    char magic[8];
    int32_t from;
    Secret secret;  // of the rank that is called
  };
  struct Answer {
    char magic[8];
    Secret secret;  // of the rank that calls
  };
  static constexpr char kHello[] = "STARLHI1", kAnswer[] = "STARLOK1";

  // A connection to a lower rank.
  struct Call {
    enum { kIdle, kConnecting, kAsking } state = kIdle;
    Fd socket;
    Clock::time_point notBefore{};
    Answer answer = {};
    size_t got = 0;
  };

  // A connection that has not said yet whom it comes from.
  struct Guest {
    Fd socket;
    Clock::time_point until{};
    Hello hello = {};
    size_t got = 0;
  };

  // How long a guest may be silent, and how many guests wait at once. The oldest goes for the newest, because a member
  // speaks at once. If it is a member all the same, it calls again.
  static constexpr Milliseconds kPatience{2000}, kPause{50};
  static constexpr size_t kGuests = 128;

  void listen(const char* host) {
    addrinfo hints = {}, *found = nullptr;
    hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
    hints.ai_socktype = SOCK_STREAM;
    if (int error = getaddrinfo(host, nullptr, &hints, &found)) throw std::runtime_error(gai_strerror(error));
    std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, freeaddrinfo);
    listener_ = Fd(socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    socklen_t length = sizeof own_.at;
    if (!listener_.open() || bind(listener_.get(), found->ai_addr, found->ai_addrlen) != 0 ||
        ::listen(listener_.get(), SOMAXCONN) != 0 ||
        getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&own_.at), &length) != 0)
      throw std::runtime_error(std::strerror(errno));
  }

  void read(const char* addresses) {
    members_.resize(size_);
    for (int peer = 0; peer < size_; peer++) {
      std::memcpy(&members_[peer], addresses + peer * sizeof(Address), sizeof(Address));
      if (members_[peer].size != size_ || members_[peer].rank != peer)
        throw Failure(kInvalid, rank(peer) + "calls itself rank " + std::to_string(members_[peer].rank) + " of " +
                                    std::to_string(members_[peer].size) + "; here are " + std::to_string(size_) +
                                    " members");
    }
  }

  // Goes on with a call as far as it goes without waiting.
  void advance(int peer, Call& call, Fd& result) {
    if (result.open()) return;
    if (call.state == Call::kIdle) {
      if (Clock::now() < call.notBefore) return;
      const Address& member = members_[peer];
      call.socket = Fd(socket(member.at.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      if (!call.socket.open()) throw Failure(kPeerLost, rank(peer) + std::strerror(errno));
      const socklen_t length = member.at.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
      const auto* to = reinterpret_cast<const sockaddr*>(&member.at);
      if (::connect(call.socket.get(), to, length) != 0 && errno != EINPROGRESS)
        throw Failure(kPeerLost, rank(peer) + std::strerror(errno));
      call.state = Call::kConnecting;
    }
    if (call.state == Call::kConnecting) {
      pollfd ready = {call.socket.get(), POLLOUT, 0};
      if (poll(&ready, 1, 0) <= 0) return;
      int error = 0;
      socklen_t length = sizeof error;
      getsockopt(call.socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
      if (error == ECONNRESET) return retry(call);
      if (error != 0) throw Failure(kPeerLost, rank(peer) + std::strerror(error));
      Hello hello;
      std::memcpy(hello.magic, kHello, sizeof hello.magic);
      hello.from = rank_;
      hello.secret = members_[peer].secret;
      // A new connection has room for so few bytes.
      if (send(call.socket.get(), &hello, sizeof hello, MSG_NOSIGNAL) != sizeof hello) return retry(call);
      call.got = 0;
      call.state = Call::kAsking;
    }
    switch (receive(call.socket, &call.answer, sizeof call.answer, call.got)) {
      case kMore: return;
      case kEnded: return retry(call);  // taken for a stranger among many
      case kWhole: break;
    }
    if (std::memcmp(call.answer.magic, kAnswer, sizeof call.answer.magic) != 0 || !(call.answer.secret == own_.secret))
      throw Failure(kPeerLost, rank(peer) + "another program listens on its port");
    result = std::move(call.socket);
  }

  static void retry(Call& call) {
    call.socket = Fd();
    call.state = Call::kIdle;
    call.notBefore = Clock::now() + kPause;
  }

  // Accepts who has come, takes the members among them, and drops those who were silent too long.
  void admit(std::deque<Guest>& guests, std::vector<Fd>& sockets) {
    crowded_ = false;
    for (size_t accepted = 0; accepted < 2 * kGuests; accepted++) {
      Fd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket.open()) {
        crowded_ = errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
        if (crowded_ && !guests.empty()) guests.pop_front();
        if (errno == ECONNABORTED || errno == EINTR) continue;
        break;
      }
      guests.emplace_back();
      guests.back().socket = std::move(socket);
      guests.back().until = Clock::now() + kPatience;
      if (listen(guests.back(), sockets)) guests.pop_back();
      if (guests.size() > kGuests) guests.pop_front();
    }
    const auto now = Clock::now();
    guests.erase(std::remove_if(guests.begin(), guests.end(),
                                [&](Guest& guest) { return listen(guest, sockets) || now >= guest.until; }),
                 guests.end());
  }

  // Hears what a guest says. Returns true if the guest has turned out to be a member or a stranger.
  bool listen(Guest& guest, std::vector<Fd>& sockets) {
    const Hello& hello = guest.hello;
    switch (receive(guest.socket, &guest.hello, sizeof hello, guest.got)) {
      case kMore: return false;
      case kEnded: return true;
      case kWhole: break;
    }
    const bool member = std::memcmp(hello.magic, kHello, sizeof hello.magic) == 0 && hello.secret == own_.secret &&
                        hello.from > rank_ && hello.from < size_ && !sockets[hello.from].open();
    if (!member) return true;
    Answer answer;
    std::memcpy(answer.magic, kAnswer, sizeof answer.magic);
    answer.secret = members_[hello.from].secret;
    if (send(guest.socket.get(), &answer, sizeof answer, MSG_NOSIGNAL) == sizeof answer)
      sockets[hello.from] = std::move(guest.socket);
    return true;
  }

  enum Received { kMore, kWhole, kEnded };

  // Reads the rest of a message, and not a byte of what follows it: that is gloo's.
  static Received receive(const Fd& socket, void* message, size_t length, size_t& got) {
    while (got < length) {
      const ssize_t count = recv(socket.get(), static_cast<char*>(message) + got, length - got, 0);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return kMore;
      if (count <= 0) return kEnded;
      got += count;
    }
    return kWhole;
  }

  void wait(const std::vector<Call>& calls, const std::vector<Fd>& sockets, const std::deque<Guest>& guests,
            Clock::time_point now, Clock::time_point deadline) const {
    std::vector<pollfd> events = {{wake_.get(), POLLIN, 0}};
    auto until = deadline;
    for (size_t peer = 0; peer < calls.size(); peer++) {
      const Call& call = calls[peer];
      if (sockets[peer].open()) continue;
      if (call.state == Call::kIdle) until = std::min(until, call.notBefore);
      else events.push_back({call.socket.get(), static_cast<short>(call.state == Call::kAsking ? POLLIN : POLLOUT), 0});
    }
    // Without a free descriptor, the next connection cannot be accepted, and poll would not wait for it.
    if (crowded_) until = std::min(until, now + kPause);
    else if (listener_.open()) events.push_back({listener_.get(), POLLIN, 0});
    for (const Guest& guest : guests) {
      until = std::min(until, guest.until);
      events.push_back({guest.socket.get(), POLLIN, 0});
    }
    const auto left = std::chrono::duration_cast<Milliseconds>(until - now).count() + 1;
    poll(events.data(), events.size(), static_cast<int>(std::clamp<int64_t>(left, 1, 60'000)));
  }

  std::vector<int> missingOf(const std::vector<Fd>& sockets) const {
    std::vector<int> missing;
    for (int peer = 0; peer < size_; peer++)
      if (peer != rank_ && !sockets[peer].open()) missing.push_back(peer);
    return missing;
  }

  static std::string notAll(const std::vector<int>& missing, Milliseconds timeout) {
    std::string ranks;
    for (int peer : missing) ranks += (ranks.empty() ? " " : ", ") + std::to_string(peer);
    return "not all members came in " + std::to_string(timeout.count()) + " ms: rank" + ranks + " did not";
  }

  static std::string rank(int peer) { return "rank " + std::to_string(peer) + ": "; }

  void throwIfAborted() const {
    if (aborted_) throw Failure(kAborted, "aborted");
  }

  const int rank_, size_;
  std::atomic<bool> aborted_{false};
  bool crowded_ = false;
  Fd wake_, listener_;
  Address own_;
  std::vector<Address> members_;
};

}  // namespace starling
