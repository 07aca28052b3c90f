// Gloo's pair.h includes this header, and the packages of libgloo-dev leave it out. The shim needs the size of these
// two types, because they are members of gloo's connections; it calls none of their functions. Their layout is that of
// gloo 2019 to 2023. The folder is searched last, so a package with the header is taken by its word.
#pragma once

#include <memory>

namespace gloo {

template <typename T>
class NonOwningPtr final {
  std::shared_ptr<T> ptr_;
};

template <typename T>
class WeakNonOwningPtr final {
  std::weak_ptr<T> ptr_;
};

}  // namespace gloo
