//! Hands what the program has freed back to the system.
//!
//! glibc keeps freed memory in the heaps of the threads that freed it, hundreds of megabytes after a flood, and gives it back
//! when it is asked to. Other systems' allocators do it by themselves.

/// Gives freed memory back to the system. Takes milliseconds when there is much: not for a thread that must answer.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "malloc_trim has no safe wrapper")]
pub fn give_back() {
    // SAFETY: takes a number and no pointer, may be called from any thread at any time, and changes nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Gives freed memory back to the system; this one's allocator does so by itself.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}
