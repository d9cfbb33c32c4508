//! How much memory this program may have: the machine's, or what a container or `ulimit -v` leaves of it.

#[cfg(target_os = "linux")]
use std::io::Read as _;

/// More than any of these texts has.
#[cfg(target_os = "linux")]
const MOST: u64 = 64 << 10;

/// The smallest of the limits that the system tells; `None` where it tells none.
pub(super) fn memory() -> Option<usize> {
    let limits = [physical(), container(), address_space()];
    let least = limits.into_iter().flatten().min()?;
    Some(usize::try_from(least).unwrap_or(usize::MAX))
}

/// Memory of the machine in bytes.
#[cfg(target_os = "linux")]
fn physical() -> Option<u64> {
    total(&read("/proc/meminfo")?)
}

#[cfg(not(target_os = "linux"))]
fn physical() -> Option<u64> {
    None
}

/// What the control groups of this process leave it.
#[cfg(target_os = "linux")]
fn container() -> Option<u64> {
    let groups = read("/proc/self/cgroup")?;
    let files = groups.lines().flat_map(limit_files);
    files.filter_map(read).filter_map(|text| text.trim().parse().ok()).min()
}

#[cfg(not(target_os = "linux"))]
fn container() -> Option<u64> {
    None
}

/// A short text of the system's. Not by `fs::read_to_string`, which asks each file for its size first: of these it is 0, and the
/// question may take its time.
#[cfg(target_os = "linux")]
fn read(path: impl AsRef<std::path::Path>) -> Option<String> {
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(MOST).read_to_string(&mut text).ok()?;
    Some(text)
}

/// `ulimit -v`.
#[cfg(unix)]
fn address_space() -> Option<u64> {
    rustix::process::getrlimit(rustix::process::Resource::As).current
}

#[cfg(not(unix))]
fn address_space() -> Option<u64> {
    None
}

/// The first line of `/proc/meminfo`, in bytes.
#[cfg(target_os = "linux")]
fn total(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// The files that may limit a group, given its line in `/proc/self/cgroup`: its own and those of the groups it is in. Of the
/// second version with an empty list of controllers, of the first with `memory` in it.
#[cfg(target_os = "linux")]
fn limit_files(line: &str) -> Vec<std::path::PathBuf> {
    let mut fields = line.splitn(3, ':').skip(1);
    let (Some(controllers), Some(group)) = (fields.next(), fields.next()) else { return Vec::new() };
    let (root, file) = match controllers {
        "" => ("/sys/fs/cgroup", "memory.max"),
        list if list.split(',').any(|name| name == "memory") => ("/sys/fs/cgroup/memory", "memory.limit_in_bytes"),
        _ => return Vec::new(),
    };
    let group = std::path::Path::new(group.trim_start_matches('/'));
    // In a container the path may be the host's, of which only the root is seen here.
    group.ancestors().map(|group| std::path::Path::new(root).join(group).join(file)).collect()
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_read() {
        assert_eq!(total("MemTotal:       24684216 kB\nMemFree: 1 kB\n"), Some(24_684_216 * 1024));
        assert_eq!(total("MemFree: 1 kB\n"), None);
        let shown = |line| -> Vec<_> { limit_files(line).iter().map(|path| path.display().to_string()).collect() };
        assert_eq!(
            shown("0::/user.slice/a.scope"),
            [
                "/sys/fs/cgroup/user.slice/a.scope/memory.max",
                "/sys/fs/cgroup/user.slice/memory.max",
                "/sys/fs/cgroup/memory.max"
            ]
        );
        assert_eq!(
            shown("7:cpu,memory:/x"),
            ["/sys/fs/cgroup/memory/x/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        );
        assert!(shown("3:cpuset:/x").is_empty() && shown("").is_empty());
        assert!(memory().is_some(), "this machine tells");
    }
}
