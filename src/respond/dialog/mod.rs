//! Dialog: a greeting, ordered rules, and a reply to all else.
//!
//! Patterns are compiled once for a listener and shared by its connections. Whatever pattern, message or reply comes,
//! time and memory stay within the limits below.

mod file;
mod template;

use std::{sync::Arc, time::Duration};

use regex::{Regex, RegexBuilder};

pub use file::{read, write};
use template::{Groups, How, Template};

use crate::{
    model::{
        Dialog, Encoding, Unencodable, When,
        compose::{self, ComposeError, Notation},
    },
    respond::responder::{Answer, Greeting, Responder},
    words::{
        Phrase,
        foreign::{in_line, regex_error},
        phrase,
    },
};

/// Rules in a dialog.
const RULES: usize = 128;
/// Bytes of a pattern, and of a reply as it is written.
const TEXT: usize = 64 << 10;
/// Bytes that a compiled regular expression may take.
const COMPILED: usize = 256 << 10;
/// Bytes of a message that a rule looks at.
const SEEN: usize = 16 << 10;
/// The longest pause before an answer in milliseconds.
const DELAY: u32 = 60_000;

/// Why a dialog cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct DialogError {
    /// The line of the file, from 1; `None` where there is no file.
    pub line: Option<usize>,
    /// The rule, from 0, where it is one's fault.
    pub rule: Option<usize>,
    /// What is wrong.
    pub fault: DialogFault,
}

/// What is wrong with a dialog or one of its rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub enum DialogFault {
    /// More rules than a dialog may have.
    TooManyRules,
    /// A pattern or a reply is longer than it may be.
    TooLong,
    /// A pause is longer than it may be.
    TooSlow,
    /// A text is not in the encoding of the listener.
    Unencodable(Unencodable),
    /// A pattern or a text makes no sense as hex or with its fields.
    Typed(ComposeError),
    /// A regular expression takes too much memory.
    TooLarge,
    /// A regular expression makes no sense; what the library says of it.
    NoExpression(String),
    /// A reply names a group that its pattern does not have.
    NoGroup(String),
    /// The file is not as it should be.
    File(Phrase),
}

impl DialogError {
    fn of_rule(rule: usize, fault: DialogFault) -> Self {
        Self { line: None, rule: Some(rule), fault }
    }

    fn of_all(fault: DialogFault) -> Self {
        Self { line: None, rule: None, fault }
    }

    /// The whole of it, with line and rule.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let fault = self.fault.phrase();
        let fault = match self.rule {
            Some(rule) => phrase!("rule {number}: {message}", number = rule + 1).saying("message", fault),
            None => fault,
        };
        in_line(self.line, fault)
    }
}

impl DialogFault {
    /// What is wrong, as a text that is still to be worded.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        match self {
            Self::TooManyRules => phrase!("a dialog has at most {count} rules", count = RULES),
            Self::TooLong => phrase!("patterns and replies have at most {count} bytes", count = TEXT),
            Self::TooSlow => phrase!("the delay is at most {count} milliseconds", count = DELAY),
            Self::Unencodable(error) => error.phrase(),
            Self::Typed(error) => error.phrase(),
            Self::TooLarge => phrase!("the regular expression is too large; use fewer or smaller repetitions"),
            Self::NoExpression(said) => {
                phrase!("the regular expression makes no sense: {error}").saying("error", regex_error(said))
            }
            Self::NoGroup(name) => phrase!(
                "the reply refers to group {name}, which the pattern does not have; $$ is a dollar sign",
                name = name
            ),
            Self::File(wrong) => wrong.clone(),
        }
    }
}

/// A pattern as it is looked for.
#[derive(Debug)]
enum Matcher {
    Exact(String),
    Contains(String),
    StartsWith(String),
    EndsWith(String),
    Regex(Regex),
}

#[derive(Debug)]
struct Rule {
    matcher: Matcher,
    reply: Template,
    delay: Duration,
    ends: bool,
}

/// A dialog with its patterns compiled.
#[derive(Debug)]
pub(super) struct Compiled {
    greeting: Template,
    how: How,
    rules: Vec<Rule>,
    otherwise: Template,
    slow: bool,
}

impl Compiled {
    /// Compiles all patterns and replies, to be sent and read in that encoding.
    pub(super) fn new(dialog: &Dialog, encoding: Encoding) -> Result<Self, DialogError> {
        if dialog.rules.len() > RULES {
            return Err(DialogError::of_all(DialogFault::TooManyRules));
        }
        let how = How { notation: dialog.notation(), options: dialog.options(), encoding };
        let of_all = |error: ComposeError| DialogError::of_all(error.into());
        let otherwise = Template::parse(&dialog.otherwise, how).map_err(of_all)?;
        let compiled = |(number, rule)| compile(rule, how).map_err(|fault| DialogError::of_rule(number, fault));
        let rules = dialog.rules.iter().enumerate().map(compiled);
        Ok(Self {
            greeting: Template::literal(&dialog.greeting, how).map_err(of_all)?,
            how,
            rules: rules.collect::<Result<_, _>>()?,
            otherwise,
            slow: dialog.rules.iter().any(|rule| rule.when == When::Regex),
        })
    }
}

impl From<ComposeError> for DialogFault {
    fn from(error: ComposeError) -> Self {
        match error.fault {
            compose::Fault::Unencodable(error) => Self::Unencodable(error),
            _ => Self::Typed(error),
        }
    }
}

/// What is wrong with a rule of a dialog, whose other rules are not looked at; `None` when it can be used.
#[must_use]
pub fn fault(rule: &crate::model::Rule, dialog: &Dialog, encoding: Encoding) -> Option<DialogFault> {
    compile(rule, How { notation: dialog.notation(), options: dialog.options(), encoding }).err()
}

fn compile(rule: &crate::model::Rule, how: How) -> Result<Rule, DialogFault> {
    if rule.pattern.len() > TEXT || rule.reply.len() > TEXT {
        return Err(DialogFault::TooLong);
    }
    if rule.delay_ms > DELAY {
        return Err(DialogFault::TooSlow);
    }
    let pattern = if rule.when == When::Regex { rule.pattern.clone() } else { how.pattern(&rule.pattern)? };
    let rule = Rule {
        matcher: match rule.when {
            When::Exact => Matcher::Exact(pattern),
            When::Contains => Matcher::Contains(pattern),
            When::StartsWith => Matcher::StartsWith(pattern),
            When::EndsWith => Matcher::EndsWith(pattern),
            When::Regex => {
                let is_hex = how.notation == Notation::Hex;
                let built = RegexBuilder::new(&pattern)
                    .case_insensitive(is_hex)
                    .size_limit(COMPILED)
                    .dfa_size_limit(COMPILED)
                    .build();
                Matcher::Regex(built.map_err(|error| explain(&error))?)
            }
        },
        reply: Template::parse(&rule.reply, how)?,
        delay: Duration::from_millis(u64::from(rule.delay_ms)),
        ends: rule.ends,
    };
    if let Some(name) = rule.reply.groups().find(|name| !rule.matcher.has_group(name)) {
        return Err(DialogFault::NoGroup(name.to_owned()));
    }
    Ok(rule)
}

fn explain(error: &regex::Error) -> DialogFault {
    match error {
        regex::Error::CompiledTooBig(_) => DialogFault::TooLarge,
        error => {
            // The library draws the place over several lines; its last one says what is wrong.
            let error = error.to_string();
            let why = error.rsplit("error: ").next().unwrap_or(&error).trim();
            DialogFault::NoExpression(why.to_owned())
        }
    }
}

/// One client's dialog.
#[derive(Debug)]
pub(super) struct Talk {
    dialog: Arc<Compiled>,
    /// How often each rule answered; the last one is for what no rule fits.
    counts: Vec<u64>,
    total: u64,
}

impl Talk {
    pub(super) fn new(dialog: Arc<Compiled>) -> Self {
        let counts = vec![0; dialog.rules.len() + 1];
        Self { dialog, counts, total: 0 }
    }

    fn count(&mut self, rule: usize) -> u64 {
        let Some(count) = self.counts.get_mut(rule) else { return 0 };
        *count += 1;
        *count
    }
}

impl Responder for Talk {
    fn greet(&mut self) -> Greeting {
        if self.dialog.greeting.is_empty() {
            Greeting::Nothing
        } else {
            Greeting::Begin(self.dialog.greeting.fill(&Groups::Whole(""), 1, 0).into())
        }
    }

    fn answer(&mut self, message: &mut [u8]) -> Answer {
        let seen = message.get(..message.len().min(SEEN)).unwrap_or_default();
        let text = match self.dialog.how.notation {
            Notation::Text => self.dialog.how.encoding.decode_lossy(seen),
            Notation::Hex => How::hex_of(seen).into(),
        };
        let text = text.strip_suffix('\n').map_or(text.as_ref(), |line| line.strip_suffix('\r').unwrap_or(line));
        let dialog = Arc::clone(&self.dialog);
        self.total += 1;
        for (number, rule) in dialog.rules.iter().enumerate() {
            let Some(groups) = rule.matcher.find(text) else { continue };
            let reply = rule.reply.fill(&groups, self.count(number), self.total);
            return answer(reply, rule.delay, rule.ends);
        }
        let count = self.count(dialog.rules.len());
        let reply = dialog.otherwise.fill(&Groups::Whole(text), count, self.total);
        answer(reply, Duration::ZERO, false)
    }

    fn is_slow(&self) -> bool {
        self.dialog.slow
    }
}

fn answer(reply: Vec<u8>, delay: Duration, ends: bool) -> Answer {
    let bytes: Option<Arc<[u8]>> = (!reply.is_empty()).then(|| reply.into());
    match bytes {
        Some(bytes) if delay.is_zero() && !ends => Answer::Bytes(bytes),
        None if !ends => Answer::Nothing,
        bytes => Answer::Timed { bytes, delay, ends },
    }
}

impl Matcher {
    /// Whether a reply may name this group; `$0` is there in every match.
    fn has_group(&self, name: &str) -> bool {
        match (self, name.parse::<usize>()) {
            (_, Ok(0)) => true,
            (Self::Regex(regex), Ok(number)) => number < regex.captures_len(),
            (Self::Regex(regex), Err(_)) => regex.capture_names().flatten().any(|known| known == name),
            _ => false,
        }
    }

    fn find<'a>(&'a self, text: &'a str) -> Option<Groups<'a>> {
        let (fits, pattern) = match self {
            Self::Exact(pattern) => (text == pattern, pattern),
            Self::Contains(pattern) => (text.contains(pattern.as_str()), pattern),
            Self::StartsWith(pattern) => (text.starts_with(pattern.as_str()), pattern),
            Self::EndsWith(pattern) => (text.ends_with(pattern.as_str()), pattern),
            Self::Regex(regex) => return regex.captures(text).map(Groups::Captures),
        };
        fits.then_some(Groups::Whole(pattern))
    }
}

#[cfg(test)]
mod tests;
