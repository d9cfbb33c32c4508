//! One row of the ladder in words.

use crate::{journal::Seq, model::Direction, ui::views::shared::calls::Call, words::text};

/// What a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A call, with what it caused on the wire or alone.
    Call,
    /// Bytes went by.
    Data,
    /// Many calls drawn as one; the number of the first names it.
    Fold {
        /// The first of them.
        first: Seq,
        /// Its calls are shown below it.
        open: bool,
    },
    /// What this PC noticed beside the calls; `mends` where that is right again.
    Mark {
        /// It tells of something that was wrong.
        mends: bool,
    },
    /// Calls that are not drawn.
    Gap,
    /// How it stands or ended.
    End,
}

/// An arrow between the two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Which way.
    pub direction: Direction,
    /// Not seen, but caused by the call as TCP works.
    pub inferred: bool,
    /// What stands on it.
    pub label: String,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it is.
    pub kind: Kind,
    /// Its record.
    pub seq: Option<Seq>,
    /// When, in nanoseconds since 1970.
    pub nanos: Option<u64>,
    /// Left of this side's line.
    pub call: String,
    /// Between the lines.
    pub wire: Option<Wire>,
    /// Right of the peer's line.
    pub note: String,
    /// Something went wrong.
    pub trouble: bool,
}

impl Step {
    pub(super) fn call(words: impl Into<String>) -> Self {
        let (seq, nanos) = (None, None);
        Self { kind: Kind::Call, seq, nanos, call: words.into(), wire: None, note: String::new(), trouble: false }
    }

    pub(super) fn wire(direction: Direction, label: &str) -> Self {
        Self::call("").with(direction, label)
    }

    pub(super) fn with(mut self, direction: Direction, label: &str) -> Self {
        self.wire = Some(Wire { direction, inferred: true, label: label.to_owned() });
        self
    }

    pub(super) fn at(mut self, call: &Call) -> Self {
        (self.seq, self.nanos) = (Some(call.seq), Some(call.nanos));
        self
    }

    pub(super) fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// The row for who cannot see it.
    #[must_use]
    pub fn spoken(&self) -> String {
        let mut parts = Vec::new();
        if !self.call.is_empty() {
            parts.push(self.call.clone());
        }
        if let Some(wire) = &self.wire {
            let way = match wire.direction {
                Direction::Inbound => text!("from the peer"),
                Direction::Outbound => text!("to the peer"),
            };
            parts.push(format!("{way} {}", wire.label));
            if wire.inferred {
                parts.push(text!("inferred").to_owned());
            }
        }
        if !self.note.is_empty() {
            parts.push(self.note.clone());
        }
        parts.join(", ")
    }
}
