// Gloo's point-to-point messages as a C interface for Starling.Actors.Collectives.GlooGroup.
//
// - No gloo store is used: the supervisor sends every rank's address to the others.
// - Gloo opens no connection: it gets those of a Rendezvous, on which no stranger can be.
// - No exception crosses the boundary, and no failure of a peer or of the arguments ends the process.
// - sg_abort ends a blocked call from any thread.
//
// Written for the headers of Debian's and Ubuntu's libgloo-dev, 2022 to 2023. Adopted below uses what gloo offers to
// subclasses of its connections; all else is public.
#include <gloo/transport/address.h>
#include <gloo/transport/context.h>
#include <gloo/transport/device.h>
#include <gloo/transport/pair.h>
#include <gloo/transport/tcp/context.h>
#include <gloo/transport/tcp/device.h>
#include <gloo/transport/tcp/pair.h>
#include <gloo/transport/unbound_buffer.h>
#if __has_include(<gloo/transport/tcp/socket.h>)
#define GLOO_LISTENS_PER_DEVICE 1
#include <gloo/transport/tcp/error.h>
#include <gloo/transport/tcp/socket.h>
#endif

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

#include "rendezvous.h"

extern "C" struct sg_transfer {
  void* data;
  int64_t bytes;
  int32_t peer;
  int32_t receive;  // 1: into data; 0: from data
};

namespace {

using namespace starling;
namespace tcp = gloo::transport::tcp;
using Buffer = gloo::transport::UnboundBuffer;

// A connection of gloo over a socket that is connected already.
class Adopted : public tcp::Pair {
 public:
  using tcp::Pair::Pair;

  // Returns false, and leaves the socket to the caller, if a stranger has come first.
  bool adopt(Fd& socket) {
#if GLOO_LISTENS_PER_DEVICE
    connectCallback(std::make_shared<tcp::Socket>(socket.release()), tcp::Error::kSuccess);
#else
    // The constructor listens on a port, and the device's thread takes the first connection to it.
    std::lock_guard<std::mutex> lock(m_);
    if (state_ != LISTENING) return false;
    device_->unregisterDescriptor(fd_, this);
    ::close(fd_);
    fd_ = socket.release();
    handleConnected();
#endif
    return true;
  }
};

class Group {
 public:
  Group(int rank, int size, const char* host, Milliseconds timeout)
      : rank_(rank), size_(size), sent_(size), received_(size), exchanges_(size), rendezvous_(rank, size, host) {
    // Whatever the device listens on is of no use to anybody, so it is where no other machine can reach it.
    gloo::transport::tcp::attr attr("127.0.0.1");
    device_ = tcp::CreateDevice(attr);
    // A context for each peer. In a context of several pairs gloo can block for ever: one thread holds the context's
    // lock when its write to a broken connection fails, and waits for the device's thread, which waits for that lock on
    // behalf of another pair.
    for (int peer = 0; peer < size; peer++) {
      contexts_.push_back(device_->createContext(rank, size));
      contexts_[peer]->setTimeout(timeout);
    }
  }

  std::vector<char> address() const { return rendezvous_.address(); }

  // `addresses` holds address() of all ranks, one after another.
  void connect(const char* addresses, Milliseconds timeout) {
    std::vector<Fd> sockets = rendezvous_.connect(addresses, timeout);
    for (int peer = 0; peer < size_; peer++) {
      if (peer == rank_) continue;
      auto pair = newPair(peer);
      while (!pair->adopt(sockets[peer])) {
        throwIfAborted();
        pair = newPair(peer);
      }
      // abort() closes all pairs that it finds behind the same lock.
      std::lock_guard<std::mutex> lock(mutex_);
      throwIfAborted();
      pairTo(peer) = std::move(pair);
    }
  }

  // Two empty signals follow the data in both directions. When a connection breaks, gloo fails the operations that are
  // queued, but not an operation that is half done: a half-read receive would block until the timeout, although the
  // peer is known to be dead. So the code waits for signals only, because a signal is either queued or complete:
  //   "sent"  comes behind the peer's data on the same connection, so all of the data is here.
  //   "done"  says that the peer has all our data, so our sends are complete and the connection may be closed.
  void exchange(const sg_transfer* transfers, int64_t count, Milliseconds timeout) {
    const auto deadline = Clock::now() + timeout;
    std::map<int, Talk> talks;
    for (int64_t i = 0; i < count; i++) {
      const sg_transfer& t = transfers[i];
      if (t.peer < 0 || t.peer >= size_ || t.peer == rank_ || t.bytes <= 0)
        throw Failure(kInvalid, "a transfer with no such peer or nothing in it");
      Talk& talk = talks.try_emplace(t.peer, *this, t.peer).first->second;
      (t.receive ? talk.in : talk.out).push_back(std::make_unique<Watched>(*this, t.peer, t.data, t.bytes));
    }

    for (auto& [peer, talk] : talks) {
      const uint32_t round = exchanges_[peer]++;
      talkingTo(peer, deadline, [&, peer = peer, &talk = talk] {
        for (auto& buffer : talk.in) buffer->receive(peer, slot(kData, received_[peer]++, buffer->bytes()));
        talk.peerSent.receive(peer, slot(kSent, round, 0));
        talk.peerDone.receive(peer, slot(kDone, round, 0));
        for (auto& buffer : talk.out) buffer->send(peer, slot(kData, sent_[peer]++, buffer->bytes()));
        talk.sent.send(peer, slot(kSent, round, 0));
      });
    }
    for (auto& [peer, talk] : talks) {
      const uint32_t round = exchanges_[peer] - 1;
      talkingTo(peer, deadline, [&, peer = peer, &talk = talk] {
        talk.peerSent.received(deadline);
        for (auto& buffer : talk.in) buffer->received(deadline);
        talk.done.send(peer, slot(kDone, round, 0));
      });
    }
    for (auto& [peer, talk] : talks) {
      talkingTo(peer, deadline, [&, &talk = talk] {
        talk.peerDone.received(deadline);
        for (auto& buffer : talk.out) buffer->delivered(deadline);
        talk.sent.delivered(deadline);
        talk.done.delivered(deadline);
      });
    }
  }

  // Wakes blocked calls first, because closing a connection waits for the device's thread.
  void abort() {
    aborted_ = true;
    rendezvous_.abort();
    {
      std::lock_guard<std::mutex> lock(mutex_);
      for (Buffer* buffer : live_) {
        buffer->abortWaitRecv();
        buffer->abortWaitSend();
      }
    }
    for (int peer = 0; peer < size_; peer++)
      if (auto& pair = pairTo(peer)) pair->close();
  }

 private:
  std::unique_ptr<gloo::transport::Pair>& pairTo(int peer) { return contexts_[peer]->getPair(peer); }

  std::unique_ptr<Adopted> newPair(int peer) {
    auto* context = static_cast<tcp::Context*>(contexts_[peer].get());
    auto pair = std::make_unique<Adopted>(context, static_cast<tcp::Device*>(device_.get()), peer,
                                          context->getTimeout());
    pair->setLocalRank(0);
    return pair;
  }

  enum Kind : uint64_t { kData = 0, kSent = 1, kDone = 2 };

  // A buffer that abort() can end. Its destructor waits until the device's thread does not use the memory any more.
  class Watched {
   public:
    Watched(Group& group, int peer, void* data, size_t bytes)
        : group_(group), buffer_(group.contexts_[peer]->createUnboundBuffer(data, bytes)) {
      std::lock_guard<std::mutex> lock(group_.mutex_);
      group_.live_.insert(buffer_.get());
    }
    ~Watched() {
      std::lock_guard<std::mutex> lock(group_.mutex_);
      group_.live_.erase(buffer_.get());
    }
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;

    size_t bytes() const { return buffer_->size; }
    void send(int peer, uint64_t slot) { buffer_->send(peer, slot, 0, bytes()); }
    void receive(int peer, uint64_t slot) { buffer_->recv(peer, slot, 0, bytes()); }
    void received(Clock::time_point deadline) { finish(buffer_->waitRecv(nullptr, group_.left(deadline))); }
    void delivered(Clock::time_point deadline) { finish(buffer_->waitSend(nullptr, group_.left(deadline))); }

   private:
    void finish(bool completed) const {
      if (!completed) throw Failure(kAborted, "aborted");
    }
    Group& group_;
    std::unique_ptr<Buffer> buffer_;
  };

  struct Talk {
    Talk(Group& group, int peer)
        : sent(group, peer, nullptr, 0),
          done(group, peer, nullptr, 0),
          peerSent(group, peer, nullptr, 0),
          peerDone(group, peer, nullptr, 0) {}
    std::vector<std::unique_ptr<Watched>> in, out;
    Watched sent, done, peerSent, peerDone;
  };

  // Gloo ends the process if a message is longer than the buffer of its slot. So the slot's number contains the length:
  // a message of another length finds no buffer, and both sides run into the timeout.
  static uint64_t slot(Kind kind, uint32_t count, size_t bytes) {
    return (kind << 62) | (static_cast<uint64_t>(count & 0x3fffffff) << 32) | (bytes & 0xffffffff);
  }

  void throwIfAborted() const {
    if (aborted_) throw Failure(kAborted, "aborted");
  }

  Milliseconds left(Clock::time_point deadline) const {
    throwIfAborted();
    const auto left = std::chrono::duration_cast<Milliseconds>(deadline - Clock::now());
    if (left.count() <= 0) throw Failure(kTimedOut, "no time left");
    return left;
  }

  // Names the peer and the kind of failure. Gloo throws the same exception for a dead connection and for a timeout.
  template <class Work>
  void talkingTo(int peer, Clock::time_point deadline, Work work) {
    const std::string name = "rank " + std::to_string(peer) + ": ";
    try {
      work();
    } catch (const Failure& failure) {
      throw Failure(failure.status, name + failure.what());
    } catch (const std::exception& e) {
      if (aborted_) throw Failure(kAborted, "aborted");
      throw Failure(Clock::now() + Milliseconds(1) >= deadline ? kTimedOut : kPeerLost, name + e.what());
    }
  }

  const int rank_, size_;
  std::atomic<bool> aborted_{false};
  std::mutex mutex_;
  std::unordered_set<Buffer*> live_;
  std::vector<uint32_t> sent_, received_, exchanges_;
  Rendezvous rendezvous_;
  // The order matters: connections use the device until they are destroyed.
  std::shared_ptr<gloo::transport::Device> device_;
  std::vector<std::shared_ptr<gloo::transport::Context>> contexts_;
};

template <class Work>
int guarded(char* message, int32_t capacity, Work work) noexcept {
  Status status = kOk;
  const auto say = [&](const char* what) {
    std::strncpy(message, what, capacity - 1);
    message[capacity - 1] = 0;
  };
  try {
    work();
  } catch (const Failure& failure) {
    status = failure.status;
    say(failure.what());
  } catch (const std::exception& e) {
    status = kInvalid;
    say(e.what());
  } catch (...) {
    status = kInvalid;
    say("unknown error");
  }
  return status;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default")))

// All functions but sg_abort are called on one thread. `message` gets one line unless the result is 0.

EXPORT int sg_create(int32_t rank, int32_t size, const char* host, int32_t timeout_ms, void** group, char* message,
                     int32_t capacity) {
  return guarded(message, capacity, [&] { *group = new Group(rank, size, host, Milliseconds(timeout_ms)); });
}

// Returns the number of bytes of this rank's address, and copies the address if `capacity` is that number.
EXPORT int32_t sg_address(const void* group, char* address, int32_t capacity) {
  const std::vector<char> bytes = static_cast<const Group*>(group)->address();
  const auto length = static_cast<int32_t>(bytes.size());
  if (length > 0 && capacity == length) std::memcpy(address, bytes.data(), bytes.size());
  return length;
}

EXPORT int sg_connect(void* group, const char* addresses, int32_t timeout_ms, char* message, int32_t capacity) {
  return guarded(message, capacity,
                 [&] { static_cast<Group*>(group)->connect(addresses, Milliseconds(timeout_ms)); });
}

EXPORT int sg_exchange(void* group, const sg_transfer* transfers, int64_t count, int32_t timeout_ms, char* message,
                       int32_t capacity) {
  return guarded(message, capacity,
                 [&] { static_cast<Group*>(group)->exchange(transfers, count, Milliseconds(timeout_ms)); });
}

EXPORT int sg_abort(void* group, char* message, int32_t capacity) {
  return guarded(message, capacity, [&] { static_cast<Group*>(group)->abort(); });
}

EXPORT int sg_destroy(void* group, char* message, int32_t capacity) {
  return guarded(message, capacity, [&] { delete static_cast<Group*>(group); });
}
