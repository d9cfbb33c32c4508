//! The errors of system calls and look-ups by their POSIX names, with their numbers on the three systems.
//!
//! Owns which number is which error. What an error means is worded in [`super::wording`].
//!
//! Sources: errno(3) and `gai_strerror(3)` of Linux, <sys/errno.h> and <netdb.h> of Darwin, System Error Codes and Windows
//! Sockets Error Codes of Windows.

use std::{borrow::Cow, io};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A system that numbers errors in its own way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    Linux,
    Darwin,
    Windows,
}

/// The one that this was built for.
pub(super) const HERE: System = if cfg!(windows) {
    System::Windows
} else if cfg!(target_vendor = "apple") {
    System::Darwin
} else {
    System::Linux
};

/// The numbers of one error; 0 where a system does not have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// `ECONNREFUSED` is 111.
    pub linux: i32,
    /// 61.
    pub macos: i32,
    /// `WSAECONNREFUSED` is 10061.
    pub windows: i32,
}

struct Row {
    errno: Errno,
    name: &'static str,
    linux: i32,
    macos: i32,
    windows: i32,
    /// Other numbers that Windows gives for the same: its own ones beside those of `WinSock`.
    also: &'static [i32],
    /// What std calls it; used when an error carries no number.
    kind: Option<io::ErrorKind>,
}

macro_rules! table {
    (
        calls { $($call:ident $call_linux:literal $call_macos:literal $call_windows:literal $call_also:tt $($call_kind:ident)?;)+ }
        lookups { $($look:ident $look_linux:literal $look_macos:literal $look_windows:literal;)+ }
    ) => {
        /// What went wrong, by the name that errno(3) or getaddrinfo(3) has for it. Kept in files as that name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[expect(non_camel_case_types, reason = "the names of errno(3) and getaddrinfo(3)")]
        pub enum Errno {
            $(#[doc = concat!("Number ", stringify!($call_linux), " on Linux.")] $call,)+
            $(#[doc = concat!("Number ", stringify!($look_linux), " of `getaddrinfo` on Linux.")] $look,)+
            /// HTTP: what came is not written as it says, or what was to be sent it does not allow. Found by this program.
            Http,
            /// A number that has no name here; 0 where the system gave none.
            Other(i32),
        }

        static CALLS: &[Row] = &[$(Row {
            errno: Errno::$call,
            name: stringify!($call),
            linux: $call_linux,
            macos: $call_macos,
            windows: $call_windows,
            also: &$call_also,
            kind: table!(@kind $($call_kind)?),
        },)+];

        static LOOKUPS: &[Row] = &[$(Row {
            errno: Errno::$look,
            name: stringify!($look),
            linux: $look_linux,
            macos: $look_macos,
            windows: $look_windows,
            also: &[],
            kind: None,
        },)+];
    };
    (@kind) => { None };
    (@kind $kind:ident) => { Some(io::ErrorKind::$kind) };
}

// Linux, macOS, Windows, other numbers of Windows, and what std calls it.
table! {
    calls {
    EPERM 1 1 0 [1314];
    ENOENT 2 2 2 [3, 53, 67, 123] NotFound;
    ESRCH 3 3 0 [];
    EINTR 4 4 10004 [] Interrupted;
    EIO 5 5 1117 [21, 23, 29, 30, 31];
    ENXIO 6 6 0 [];
    E2BIG 7 7 10 [] ArgumentListTooLong;
    EBADF 9 9 6 [10009];
    EAGAIN 11 35 10035 [] WouldBlock;
    ENOMEM 12 12 14 [8, 1450, 1455] OutOfMemory;
    EACCES 13 13 10013 [5] PermissionDenied;
    EFAULT 14 14 10014 [998];
    EBUSY 16 16 32 [33, 170] ResourceBusy;
    EEXIST 17 17 183 [80] AlreadyExists;
    EXDEV 18 18 17 [] CrossesDevices;
    ENODEV 19 19 20 [15];
    ENOTDIR 20 20 267 [] NotADirectory;
    EISDIR 21 21 0 [] IsADirectory;
    EINVAL 22 22 10022 [87, 131] InvalidInput;
    ENFILE 23 23 0 [];
    EMFILE 24 24 10024 [4];
    ENOTTY 25 25 0 [];
    ETXTBSY 26 26 0 [] ExecutableFileBusy;
    EFBIG 27 27 223 [] FileTooLarge;
    ENOSPC 28 28 112 [39] StorageFull;
    ESPIPE 29 29 132 [] NotSeekable;
    EROFS 30 30 19 [] ReadOnlyFilesystem;
    EMLINK 31 31 1142 [] TooManyLinks;
    EPIPE 32 32 10058 [109, 232, 233] BrokenPipe;
    EDOM 33 33 0 [];
    ERANGE 34 34 0 [];
    EDEADLK 35 11 1131 [] Deadlock;
    ENAMETOOLONG 36 63 10063 [111, 206] InvalidFilename;
    ENOSYS 38 78 120 [];
    ENOTEMPTY 39 66 145 [10066] DirectoryNotEmpty;
    ELOOP 40 62 10062 [1921];
    EPROTO 71 100 0 [];
    EOVERFLOW 75 84 534 [];
    ENOTSOCK 88 38 10038 [];
    EDESTADDRREQ 89 39 10039 [];
    EMSGSIZE 90 40 10040 [234];
    EPROTOTYPE 91 41 10041 [];
    ENOPROTOOPT 92 42 10042 [];
    EPROTONOSUPPORT 93 43 10043 [];
    ESOCKTNOSUPPORT 94 44 10044 [];
    EOPNOTSUPP 95 102 10045 [50] Unsupported;
    EPFNOSUPPORT 96 46 10046 [];
    EAFNOSUPPORT 97 47 10047 [];
    EADDRINUSE 98 48 10048 [] AddrInUse;
    EADDRNOTAVAIL 99 49 10049 [] AddrNotAvailable;
    ENETDOWN 100 50 10050 [] NetworkDown;
    ENETUNREACH 101 51 10051 [1231] NetworkUnreachable;
    ENETRESET 102 52 10052 [];
    ECONNABORTED 103 53 10053 [1236] ConnectionAborted;
    ECONNRESET 104 54 10054 [64] ConnectionReset;
    ENOBUFS 105 55 10055 [];
    EISCONN 106 56 10056 [];
    ENOTCONN 107 57 10057 [2250] NotConnected;
    ESHUTDOWN 108 58 0 [];
    ETIMEDOUT 110 60 10060 [121, 1460] TimedOut;
    ECONNREFUSED 111 61 10061 [1225, 1234] ConnectionRefused;
    EHOSTDOWN 112 64 10064 [];
    EHOSTUNREACH 113 65 10065 [1232] HostUnreachable;
    EALREADY 114 37 10037 [];
    EINPROGRESS 115 36 10036 [];
    ESTALE 116 70 10070 [] StaleNetworkFileHandle;
    EDQUOT 122 69 10069 [1295] QuotaExceeded;
    ECANCELED 125 89 10103 [995, 1223];
    }
    lookups {
    EAI_BADFLAGS -1 3 10022;
    EAI_NONAME -2 8 11001;
    EAI_AGAIN -3 2 11002;
    EAI_FAIL -4 4 11003;
    EAI_NODATA -5 7 11004;
    EAI_FAMILY -6 5 10047;
    EAI_SOCKTYPE -7 10 10044;
    EAI_SERVICE -8 9 10109;
    EAI_MEMORY -10 6 8;
    }
}

impl Row {
    fn number(&self, system: System) -> i32 {
        match system {
            System::Linux => self.linux,
            System::Darwin => self.macos,
            System::Windows => self.windows,
        }
    }

    fn has(&self, number: i32, system: System) -> bool {
        number != 0 && (self.number(system) == number || (system == System::Windows && self.also.contains(&number)))
    }
}

impl Errno {
    /// The error of a system call: by its number, else by what std calls it.
    #[must_use]
    pub fn of(error: &io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Self::of_number(number, HERE),
            None => match CALLS.iter().find(|row| row.kind == Some(error.kind())) {
                Some(row) => row.errno,
                None => Self::Other(0),
            },
        }
    }

    /// The error of a system call by its number.
    pub(super) fn of_number(number: i32, system: System) -> Self {
        CALLS.iter().find(|row| row.has(number, system)).map_or(Self::Other(number), |row| row.errno)
    }

    /// The error that `getaddrinfo` returns by that number.
    pub(super) fn of_lookup(number: i32, system: System) -> Self {
        LOOKUPS.iter().find(|row| row.has(number, system)).map_or(Self::Other(number), |row| row.errno)
    }

    fn row(self) -> Option<&'static Row> {
        CALLS.iter().chain(LOOKUPS).find(|row| row.errno == self)
    }

    /// `ECONNREFUSED`; `errno 523` or, on Windows, `WinError 1231` for a number that has no name here.
    #[must_use]
    pub fn name(self) -> Cow<'static, str> {
        match self {
            Self::Http => "HTTP".into(),
            Self::Other(number) if HERE == System::Windows => format!("{WIN_ERROR}{number}").into(),
            Self::Other(number) => format!("{ERRNO}{number}").into(),
            _ => self.row().map_or("", |row| row.name).into(),
        }
    }

    /// The error of a name that [`Self::name`] gave.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        if name == "HTTP" {
            return Some(Self::Http);
        }
        if let Some(number) = name.strip_prefix(ERRNO).or_else(|| name.strip_prefix(WIN_ERROR)) {
            return number.parse().ok().map(Self::Other);
        }
        CALLS.iter().chain(LOOKUPS).find(|row| row.name == name).map(|row| row.errno)
    }

    /// Its number on this system; 0 where it has none.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Other(number) => number,
            _ => self.row().map_or(0, |row| row.number(HERE)),
        }
    }

    /// What `connect_ex` returns for it on each system; `None` for what is no error of a system call.
    #[must_use]
    pub fn numbers(self) -> Option<Numbers> {
        let row = CALLS.iter().find(|row| row.errno == self)?;
        Some(Numbers { linux: row.linux, macos: row.macos, windows: row.windows })
    }
}

const ERRNO: &str = "errno ";
/// As Python calls them.
const WIN_ERROR: &str = "WinError ";

impl Serialize for Errno {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name())
    }
}

impl<'de> Deserialize<'de> for Errno {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Self::by_name(&name).ok_or_else(|| serde::de::Error::custom(format_args!("no error is called {name}")))
    }
}

/// `ECONNREFUSED 111`, or the name alone where there is no number.
pub(super) fn code(name: &str, number: i32) -> String {
    if number == 0 { name.to_owned() } else { format!("{name} {number}") }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_number_is_two_errors() {
        for system in [System::Linux, System::Darwin, System::Windows] {
            let mut seen = HashSet::new();
            for row in CALLS {
                let also: &[i32] = if system == System::Windows { row.also } else { &[] };
                for number in also.iter().copied().chain([row.number(system)]).filter(|number| *number != 0) {
                    assert!(seen.insert(number), "{system:?} {number} is {} and another one", row.name);
                }
            }
        }
    }

    #[test]
    fn the_numbers_of_each_system_have_their_names() {
        for (system, number, errno) in [
            (System::Linux, 40, Errno::ELOOP),
            (System::Linux, 39, Errno::ENOTEMPTY),
            (System::Linux, 18, Errno::EXDEV),
            (System::Linux, 11, Errno::EAGAIN),
            (System::Linux, 33, Errno::EDOM),
            (System::Linux, 523, Errno::Other(523)),
            (System::Darwin, 61, Errno::ECONNREFUSED),
            (System::Darwin, 35, Errno::EAGAIN),
            (System::Windows, 2, Errno::ENOENT),
            (System::Windows, 3, Errno::ENOENT),
            (System::Windows, 5, Errno::EACCES),
            (System::Windows, 32, Errno::EBUSY),
            (System::Windows, 87, Errno::EINVAL),
            (System::Windows, 10013, Errno::EACCES),
            (System::Windows, 10061, Errno::ECONNREFUSED),
            (System::Windows, 1231, Errno::ENETUNREACH),
            (System::Windows, 31337, Errno::Other(31337)),
        ] {
            assert_eq!(Errno::of_number(number, system), errno, "{system:?} {number}");
        }
        for (system, number, errno) in [
            (System::Linux, -3, Errno::EAI_AGAIN),
            (System::Darwin, 8, Errno::EAI_NONAME),
            (System::Windows, 11002, Errno::EAI_AGAIN),
            (System::Windows, 11001, Errno::EAI_NONAME),
            (System::Linux, -99, Errno::Other(-99)),
        ] {
            assert_eq!(Errno::of_lookup(number, system), errno, "{system:?} {number}");
        }
    }

    #[test]
    fn every_name_leads_back() {
        let errors = CALLS.iter().chain(LOOKUPS).map(|row| row.errno).chain([Errno::Http, Errno::Other(-7)]);
        for errno in errors {
            assert_eq!(Errno::by_name(&errno.name()), Some(errno));
        }
        assert_eq!(Errno::by_name("ENOTHING"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_table_agrees_with_what_the_system_and_std_say() {
        for row in CALLS {
            let error = io::Error::from_raw_os_error(row.linux);
            assert!(!error.to_string().starts_with("Unknown error"), "{} {error}", row.name);
            if let Some(kind) = row.kind {
                assert_eq!(error.kind(), kind, "{}", row.name);
            }
        }
    }
}
