"""Linux's limits, laid on a process from inside: namespaces, capabilities, resource limits, system calls.

Only ctypes and the standard library. `bubblewrap` builds the outer walls (`sandbox.py`); this file builds the inner
ones, between submissions that are forked from the same warm parent.
"""

import ctypes
import os
import platform
import resource
import struct

libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWPID = 0x00020000, 0x10000000, 0x20000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REC, MS_PRIVATE = 1, 2, 4, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_CAPBSET_DROP = 1, 38, 24
SIGKILL = 9

# System calls that a cell never needs: other programs, other processes, mounts, and memory that no limit counts.
# Numbers: the kernel's asm/unistd_64.h and asm-generic/unistd.h; None where the architecture has no such call.
ARCHITECTURES = {
    "x86_64": (0xC000003E, {"clone": 56, "clone3": 435, "seccomp": 317}),
    "aarch64": (0xC00000B7, {"clone": 220, "clone3": 435, "seccomp": 277}),
}
FORBIDDEN = {  # name: (x86_64, aarch64)
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "mount_setattr": (442, 442),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
    "open_by_handle_at": (304, 265),
    "socket": (41, 198),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "bpf": (321, 280),
    "seccomp": (317, 277),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
}
LOAD_WORD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
KILL, ALLOW, ASK_LISTENER, EPERM, ENOSYS = 0x80000000, 0x7FFF0000, 0x7FC00000, 0x00050001, 0x00050026
NOTIFY_RECEIVE, NOTIFY_SEND = 0xC0502100, 0xC0182101


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def die_with_parent():
    """Let the kernel kill this process when its parent ends, however that ends."""
    _check(libc.prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0), "prctl")


def enter_namespaces(folder: str, folder_bytes: int):
    """Put this process into user and mount namespaces of its own, and its children into a new PID namespace.

    ``folder`` becomes an empty private folder of ``folder_bytes``; /proc becomes empty, so that nothing of the other
    processes can be read.
    """
    user, group = os.getuid(), os.getgid()
    _check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID), "unshare")
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    _mount("none", "/", None, MS_REC | MS_PRIVATE, None)
    _mount("tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, f"size={folder_bytes},mode=700")
    _mount("tmpfs", "/proc", "tmpfs", MS_RDONLY, "size=4096")
    if os.path.isdir("/matplotlib"):
        _mount("tmpfs", "/matplotlib", "tmpfs", MS_NOSUID | MS_NODEV, "size=1048576,mode=700")


def _mount(source, target, kind, flags, options):
    arguments = [text.encode() if text is not None else None for text in (source, target, kind)]
    _check(libc.mount(*arguments, ctypes.c_ulong(flags), options and options.encode()), f"mount {target}")


def limit_resources(memory_bytes: int, file_bytes: int, cpu_seconds: int):
    """Limit address space, file size and processor time of this process; no core files, few open files.

    Where the machine's own hard limit is lower, that one stays.
    """
    for kind, value in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        hard = resource.getrlimit(kind)[1]
        lowest = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (lowest, lowest))


def drop_privileges():
    """Give up every capability for good, so that what `enter_namespaces` mounted cannot be unmounted."""
    for capability in range(64):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    _check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl")
    header = ctypes.create_string_buffer(struct.pack("Ii", 0x20080522, 0))
    _check(libc.capset(header, ctypes.create_string_buffer(24)), "capset")


def filter_system_calls() -> int:
    """Forbid what `FORBIDDEN` lists; processes and threads may only be made when a listener allows it.

    Holds for root too, and RLIMIT_NPROC does not. Returns the listener's file descriptor, for the judge, who answers
    with `answer_listener`. The filter is classic BPF over `struct seccomp_data`: number at byte 0, architecture at 4.
    """
    machine = platform.machine()
    if machine not in ARCHITECTURES:
        raise OSError(f"the sandbox knows no system call numbers for {machine}")
    architecture, number = ARCHITECTURES[machine]
    column = list(ARCHITECTURES).index(machine)
    forbidden = [numbers[column] for numbers in FORBIDDEN.values() if numbers[column] is not None]
    program = [(LOAD_WORD, 0, 0, 4), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, KILL), (LOAD_WORD, 0, 0, 0)]
    # x32, the second numbering of x86_64, starts here; no call has such a number elsewhere.
    program += [(JUMP_AT_LEAST, 0, 1, 0x40000000), (RETURN, 0, 0, EPERM)]
    # clone3 hides its flags behind a pointer; told that it does not exist, the C library takes clone.
    verdicts = [(number["clone"], ASK_LISTENER), (number["clone3"], ENOSYS), *((n, EPERM) for n in forbidden)]
    for call, verdict in verdicts:
        program += [(JUMP_EQUAL, 0, 1, call), (RETURN, 0, 0, verdict)]
    program.append((RETURN, 0, 0, ALLOW))
    code = b"".join(struct.pack("HBBI", op, true, false, value) for op, true, false, value in program)
    buffer = ctypes.create_string_buffer(code)
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", len(program), ctypes.addressof(buffer)))
    set_mode_filter, new_listener = 1, 8
    return _check(libc.syscall(number["seccomp"], set_mode_filter, new_listener, header), "seccomp")


def answer_listener(listener: int, allow: bool) -> bool:
    """Answer one process's wish to fork; returns whether it was allowed. The process may have gone meanwhile."""
    request = ctypes.create_string_buffer(80)
    if libc.ioctl(listener, NOTIFY_RECEIVE, request) < 0:
        return False
    identity = struct.unpack_from("Q", request)[0]
    continue_it, error = (1, 0) if allow else (0, -1)
    answer = ctypes.create_string_buffer(struct.pack("QqiI", identity, 0, error, continue_it))
    return libc.ioctl(listener, NOTIFY_SEND, answer) == 0 and allow
