# shellcheck shell=bash
# What the checks of this folder share. A check sources this file; it is no program of its own.
set -euo pipefail
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-1000}
# The runtime's diagnostic sockets would stay behind when a check kills a program.
export DOTNET_EnableDiagnostics=0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
check=$(basename "$0")
# The store of containers outlives a check, so that the next check has the image. Git and the image's build ignore it.
store=${STARLING_CHECK_STORE:-$root/artifacts/check}
image=localhost/starling:check
work=$(mktemp -d "${TMPDIR:-/tmp}/check-$check-XXXXXX")
# Times below are for an idle machine. A busy one needs more: STARLING_CHECK_PATIENCE=5 waits five times as long.
patience=${STARLING_CHECK_PATIENCE:-1}
# How heavy work is started. A machine that is shared sets `nice -n 10`.
read -ra gently <<< "${STARLING_CHECK_PREFIX:-}"

say() { printf '%s: %s (%d s)\n' "$check" "$*" "$SECONDS"; }
fail() { say "FAILED: $*" >&2; exit 1; }
# A check that cannot run says why and exits with 77: a machine without the packages is no fault of the files.
skip() { say "skipped: $*"; exit 77; }
run() { "${gently[@]}" "$@"; }

# Each check adds what it started to this list, newest first. All of it is undone by name or by process id, however the
# check ends.
undo=()
later() { undo=("$1" "${undo[@]}"); }
finish() {
    local code=$? command
    trap - EXIT
    set +e
    for command in "${undo[@]}"; do eval "$command"; done
    if [ "$code" = 0 ] || [ "$code" = 77 ]; then rm -rf "$work"; else say "its files are kept in $work"; fi
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

# need COMMAND PACKAGE …: skips the check where a command is missing.
need() {
    while [ $# -gt 0 ]; do
        [ -n "$(PATH=$PATH:/usr/sbin:/sbin command -v "$1")" ] || skip "there is no $1 (Debian package $2)"
        shift 2
    done
}
need_root() { [ "$(id -u)" = 0 ] || skip "it needs root, for containers and namespaces"; }

# wait_for SECONDS WHAT COMMAND …: waits until the command succeeds.
wait_for() {
    local end=$((SECONDS + $1 * patience)) what=$2
    shift 2
    until "$@" > /dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "waited in vain for $what"
        sleep 0.5
    done
}

# Podman and buildah work on a store of their own here, and touch no image, network or container of the machine.
# runc, because crun refuses machines whose cgroups are of both versions. File locks, because locks in shared memory would
# be those of the machine's own podman. Limits small enough for a machine where even root may not raise them.
containers() {
    mkdir -p "$store/networks"
    cat > "$store/storage.conf" <<END
[storage]
driver = "overlay"
graphroot = "$store/graph"
runroot = "$store/run"
END
    cat > "$store/containers.conf" <<END
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
init_path = "/usr/libexec/podman/catatonit"
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
lock_type = "file"
tmp_dir = "$store/run/libpod"
[network]
network_backend = "netavark"
network_config_dir = "$store/networks"
END
    export CONTAINERS_STORAGE_CONF=$store/storage.conf CONTAINERS_CONF=$store/containers.conf
    [ -x /usr/libexec/podman/catatonit ] || sed -i "s#^init_path.*#init_path = \"$(command -v catatonit || echo /usr/bin/catatonit)\"#" \
        "$store/containers.conf"
}
need_image() { podman image exists "$image" || skip "there is no image: deploy/check/image makes it"; }
