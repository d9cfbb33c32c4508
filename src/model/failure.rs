//! A failed operation as data: what was tried, on which address, the system's error, and what is known of its cause.
//!
//! Owns kinds and numbers. It holds no sentence: [`Failure::message`] and [`Failure::hint`] are worded when they are
//! shown, so that a record reads in the language of whoever reads it.

mod cause;
mod errno;
mod note;
mod operation;
mod reason;
mod wording;

use std::{borrow::Cow, fmt, io};

use serde::{Deserialize, Serialize};

use crate::words::{Language, Phrase, language, phrase};

pub use cause::Cause;
pub use errno::{Errno, Numbers};
pub use note::{Note, Setting};
pub use operation::Operation;
pub use reason::Reason;
pub use wording::system_words;

/// One failed operation. It is data: a record in the journal, a line on a session, a message on the command line.
///
/// `Failure::new(operation, address, &io_error)` for what the system said, `Failure::named(operation, address,
/// Errno::ETIMEDOUT)` for what this program found, and `.because(Reason::…)` for what is known beyond that. Only the first
/// has a number: it is that of a call which returned it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What was tried.
    pub operation: Operation,
    /// The address or path it was tried on.
    pub address: String,
    /// Which error it is.
    pub error: Errno,
    /// The number with which a call of the system failed; 0 where none did and this program found it.
    pub errno: i32,
    /// What the system or a library said of an error that has no name here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    system: Option<System>,
    /// What is known beyond the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// A port that can be bound in place of one that is taken; the hint says so in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_port: Option<u16>,
}

/// An error in the words of whoever found it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct System {
    text: String,
    /// `UnexpectedEof`: what std calls it.
    kind: String,
}

/// A failure as `--json` writes it, worded in one language.
#[derive(Clone, Debug, Serialize)]
pub struct Worded {
    operation: Operation,
    address: String,
    error: String,
    errno: i32,
    message: String,
    hint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    free_port: Option<u16>,
}

impl Failure {
    /// The error of a call, as the system gave it.
    #[must_use]
    pub fn new(operation: Operation, address: impl fmt::Display, error: &io::Error) -> Self {
        let errno = Errno::of(error);
        let reason = error.get_ref().and_then(|source| source.downcast_ref::<Reason>());
        let has_words = wording::meaning(operation, errno).is_some() && error.get_ref().is_none();
        Self {
            errno: error.raw_os_error().unwrap_or_default(),
            system: (!has_words && reason.is_none()).then(|| System::of(error)),
            reason: reason.cloned(),
            ..Self::named(operation, address, errno)
        }
    }

    /// The error of a look-up by the number that `getaddrinfo` returned; a system call's own where it says so.
    #[must_use]
    pub fn unresolved(host: impl fmt::Display, number: i32, error: &io::Error) -> Self {
        if error.raw_os_error().is_some_and(|call| call != number) || number == 0 {
            return Self::new(Operation::Resolve, host, error);
        }
        let errno = Errno::of_lookup(number, errno::HERE);
        let has_words = wording::meaning(Operation::Resolve, errno).is_some();
        Self {
            errno: number,
            system: (!has_words).then(|| System::of(error)),
            ..Self::named(Operation::Resolve, host, errno)
        }
    }

    /// An error that this program found, under the name that fits; it has no number, because no call returned one.
    #[must_use]
    pub fn named(operation: Operation, address: impl fmt::Display, error: Errno) -> Self {
        let address = address.to_string();
        Self { operation, address, error, errno: 0, system: None, reason: None, free_port: None }
    }

    /// The same error with what is known of its cause.
    #[must_use]
    pub fn because(mut self, reason: Reason) -> Self {
        self.reason = Some(reason);
        self
    }

    /// The same error with a port that can be bound instead.
    #[must_use]
    pub fn with_free_port(mut self, port: u16) -> Self {
        self.free_port = Some(port);
        self
    }

    /// True when it is this error.
    #[must_use]
    pub fn is(&self, error: Errno) -> bool {
        self.error == error
    }

    /// `ECONNREFUSED`; `HTTP` for what is not HTTP; std's name for what has neither name nor number.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        match (&self.system, self.error) {
            (Some(system), Errno::Other(0)) => Cow::Borrowed(&system.kind),
            (_, error) => error.name(),
        }
    }

    /// `ECONNREFUSED 111`, or the name alone where there is no number.
    #[must_use]
    pub fn code(&self) -> String {
        match self.error {
            Errno::Other(_) => self.name().into_owned(),
            _ => errno::code(&self.name(), self.errno),
        }
    }

    /// What it means, in the language that is spoken now.
    #[must_use]
    pub fn message(&self) -> String {
        self.message_in(language())
    }

    /// What it means, in one language.
    #[must_use]
    pub fn message_in(&self, language: Language) -> String {
        self.meaning().in_language(language)
    }

    /// What to try next, in the language that is spoken now; empty when there is nothing to add.
    #[must_use]
    pub fn hint(&self) -> String {
        self.hint_in(language())
    }

    /// What to try next, in one language.
    #[must_use]
    pub fn hint_in(&self, language: Language) -> String {
        self.advice().map_or_else(String::new, |advice| advice.in_language(language))
    }

    /// What it means, as a text that is still to be worded.
    #[must_use]
    pub fn meaning(&self) -> Phrase {
        let known = self.reason.as_ref().and_then(Reason::message);
        let known = known.or_else(|| wording::meaning(self.operation, self.error));
        match (known, &self.system) {
            (Some(known), None) => known,
            (Some(known), Some(system)) => phrase!("{what} ({said})", said = system.text).saying("what", known),
            (None, Some(system)) if self.errno != 0 && system.has_kind() => {
                Phrase::verbatim(format_args!("{} ({})", system.text, system.kind))
            }
            (None, Some(system)) => Phrase::verbatim(&system.text),
            (None, None) => Phrase::verbatim(self.name()),
        }
    }

    /// The whole of it but the hint: `connect 127.0.0.1:1: … (ECONNREFUSED 111)`.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        if self.is_of_this_pc() {
            return Phrase::new("{what} ({code})").with("code", &self.code()).saying("what", self.meaning());
        }
        // In no catalogue: it is the same in every language but for the meaning.
        Phrase::new("{call} {address}: {what} ({code})")
            .with("call", self.operation.word())
            .with("address", &self.address)
            .with("code", &self.code())
            .saying("what", self.meaning())
    }

    /// True where no call of a session failed: what the system was asked is no more than how it was found out, and the
    /// meaning names the address.
    #[must_use]
    pub fn is_of_this_pc(&self) -> bool {
        matches!(self.reason, Some(Reason::AddressLost { .. }))
    }

    fn advice(&self) -> Option<Phrase> {
        let known = self.reason.as_ref().and_then(Reason::hint);
        let known = known.or_else(|| wording::hint(self.operation, self.error));
        let free = self.free_port.map(|port| phrase!("port {port} is free", port = port));
        match (known, free) {
            (Some(known), Some(free)) => Some(phrase!("{hint}; {more}").saying("hint", known).saying("more", free)),
            (known, free) => known.or(free),
        }
    }

    /// As `--json` writes it, in one language.
    #[must_use]
    pub fn worded(&self, language: Language) -> Worded {
        Worded {
            operation: self.operation,
            address: self.address.clone(),
            error: self.name().into_owned(),
            errno: self.errno,
            message: self.message_in(language),
            hint: self.hint_in(language),
            free_port: self.free_port,
        }
    }

    /// What `connect_ex` returns for this error on each system; `None` for what no system call has returned. A time-out is
    /// the exception: who waits longer than this program has hears it of the system.
    #[must_use]
    pub fn numbers(&self) -> Option<Numbers> {
        if self.errno != 0 || self.is(Errno::ETIMEDOUT) { self.error.numbers() } else { None }
    }
}

impl System {
    fn of(error: &io::Error) -> Self {
        let text = error.to_string();
        // The number is shown beside it already.
        let text = text.split(" (os error ").next().unwrap_or(&text).to_owned();
        Self { text, kind: format!("{:?}", error.kind()) }
    }

    /// True where std has a kind for it that says something.
    fn has_kind(&self) -> bool {
        !matches!(self.kind.as_str(), "Uncategorized" | "Other")
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.phrase().fmt(f)
    }
}

impl std::error::Error for Failure {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_name_number_meaning_and_hint() {
        let refused = io::Error::from_raw_os_error(Errno::ECONNREFUSED.number());
        let failure = Failure::new(Operation::Connect, "127.0.0.1:1", &refused);
        assert!(failure.is(Errno::ECONNREFUSED));
        assert_eq!(failure.errno, Errno::ECONNREFUSED.number());
        assert!(failure.to_string().starts_with("connect 127.0.0.1:1: the host answered"));
        assert!(failure.hint().contains("port"));
        let numbers = failure.numbers().unwrap();
        assert_eq!((numbers.linux, numbers.windows), (111, 10061));
    }

    #[test]
    fn what_no_call_returned_has_no_number() {
        let found = Failure::named(Operation::Connect, "127.0.0.1:1", Errno::ETIMEDOUT);
        let by_kind = Failure::new(Operation::Connect, "127.0.0.1:1", &io::ErrorKind::TimedOut.into());
        for failure in [found, by_kind] {
            assert_eq!((failure.errno, failure.code().as_str()), (0, "ETIMEDOUT"), "{failure}");
            // What `connect_ex` would return is known all the same.
            assert_eq!(failure.numbers().map(|numbers| (numbers.linux, numbers.windows)), Some((110, 10060)));
        }
        let full = Failure::named(Operation::Send, "127.0.0.1:1", Errno::ENOBUFS);
        assert_eq!((full.code().as_str(), full.numbers()), ("ENOBUFS", None));
        let said = io::Error::from_raw_os_error(Errno::ETIMEDOUT.number());
        let said = Failure::new(Operation::Connect, "127.0.0.1:1", &said);
        assert_eq!(said.code(), format!("ETIMEDOUT {}", Errno::ETIMEDOUT.number()));
    }

    #[test]
    fn a_failure_is_kept_without_words_and_worded_when_it_is_shown() {
        let failure = Failure::named(Operation::Bind, "127.0.0.1:80", Errno::EADDRINUSE)
            .because(Reason::HeldBy { program: "httpd".into(), process: 7 })
            .with_free_port(81);
        let stored = serde_json::to_string(&failure).unwrap();
        assert!(!stored.contains("already") && !stored.contains("choose"), "{stored}");
        let read: Failure = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, failure);
        assert_eq!(read.message_in(Language::ENGLISH), "httpd (process 7) already has this address");
        assert!(read.hint_in(Language::ENGLISH).ends_with("; port 81 is free"), "{}", read.hint());
        let chinese = read.worded(Language::of_tag("zh-CN").unwrap());
        assert!(chinese.message.contains("httpd") && !chinese.message.contains("already"), "{}", chinese.message);
        assert!(chinese.hint.contains("81") && !chinese.hint.contains("free"), "{}", chinese.hint);
    }

    #[test]
    fn a_lost_address_is_named_once() {
        let address: std::net::IpAddr = [10, 77, 0, 1].into();
        let failure = Failure::named(Operation::Bind, address.to_string(), Errno::EADDRNOTAVAIL)
            .because(Reason::AddressLost { address });
        for language in Language::all() {
            let words = failure.phrase().in_language(language);
            assert_eq!(words.matches("10.77.0.1").count(), 1, "{words}");
            assert!(words.contains("EADDRNOTAVAIL") && !words.contains("bind"), "{words}");
        }
    }

    #[test]
    fn what_has_no_name_is_shown_with_number_and_the_words_of_the_system() {
        let failure = Failure::new(Operation::Open, "x", &io::Error::from_raw_os_error(4095));
        assert_eq!((failure.error, failure.errno), (Errno::Other(4095), 4095));
        assert!(failure.code().contains("4095") && !failure.message().contains("disk"), "{failure}");
        // A name without words here: the system's own, with std's kind.
        #[cfg(target_os = "linux")]
        {
            let busy = Failure::new(Operation::Open, "x", &io::Error::from_raw_os_error(16));
            assert_eq!(
                (busy.code().as_str(), busy.message().as_str()),
                ("EBUSY 16", "Device or resource busy (ResourceBusy)")
            );
        }
        let lost = io::Error::new(io::ErrorKind::UnexpectedEof, "half a page");
        let failure = Failure::new(Operation::Open, "x", &lost);
        assert_eq!((failure.code().as_str(), failure.message().as_str()), ("UnexpectedEof", "half a page"));
        let reasoned = io::Error::new(io::ErrorKind::UnexpectedEof, Reason::FileShrank);
        let failure = Failure::new(Operation::Open, "x", &reasoned);
        assert_eq!(failure.reason, Some(Reason::FileShrank));
        let stored = serde_json::to_string(&failure).unwrap();
        assert_eq!(serde_json::from_str::<Failure>(&stored).unwrap(), failure);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn numbers_of_this_system_are_found() {
        for (number, error) in
            [(98, Errno::EADDRINUSE), (110, Errno::ETIMEDOUT), (113, Errno::EHOSTUNREACH), (24, Errno::EMFILE)]
        {
            let failure = Failure::new(Operation::Bind, "x", &io::Error::from_raw_os_error(number));
            assert_eq!((failure.error, failure.errno), (error, number));
        }
    }
}
