//! The rows of a ladder from frame to frame: what is new is added, what is no longer held goes, and the rest stays as it is.

use std::collections::{BTreeSet, VecDeque};

use super::{Ladder, Origin, Past, Step, marks};
use crate::{
    journal::{Connection, Seq},
    ui::views::shared::calls::{Call, Calls},
};

/// Calls in the same direction, one after the other, that are drawn as one.
const FOLD: usize = 4;

/// Calls that stand together, or one that stands alone.
#[derive(Clone, Copy, Debug)]
struct Run {
    first: Seq,
    last: Seq,
    rows: usize,
    /// What was known before it.
    before: Past,
}

/// All rows of a connection, first to last.
#[derive(Debug, Default)]
pub struct Kept {
    steps: Vec<Step>,
    /// Rows before the first call, and behind the last.
    begin: usize,
    end: usize,
    runs: VecDeque<Run>,
}

impl Kept {
    /// The rows.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// These rows, which are nobody's.
    pub fn set(&mut self, steps: Vec<Step>) {
        *self = Self { steps, ..Self::default() };
    }

    /// Makes what is new of it, all of it `anew` where something else than its calls changed.
    pub fn update(
        &mut self,
        connection: &Connection,
        calls: &Calls,
        origin: Origin<'_>,
        unfolded: &BTreeSet<Seq>,
        anew: bool,
    ) {
        // Older calls than before, when a person reaches further back.
        let older = calls.list().front().zip(self.runs.front()).is_some_and(|(call, run)| call.seq < run.first);
        if anew || older {
            *self = Self::default();
        }
        self.steps.truncate(self.steps.len().saturating_sub(self.end));
        let mut past = Past::default();
        let mut from = 0;
        self.let_go(connection, calls, origin, unfolded);
        // The newest run may go on.
        if let Some(run) = self.runs.pop_back() {
            self.steps.truncate(self.steps.len().saturating_sub(run.rows));
            (past, from) = (run.before, run.first);
        }

        let mut beginning = Ladder::new(connection, origin, Past::default());
        beginning.begin(calls);
        let begin = std::mem::replace(&mut self.begin, beginning.steps.len());
        self.steps.splice(..begin.min(self.steps.len()), beginning.steps);

        let mut ladder = Ladder::new(connection, origin, past);
        let list = calls.list();
        let new: Vec<&Call> = list.range(list.partition_point(|call| call.seq < from)..).collect();
        let mut rest = new.as_slice();
        let mut jumps = origin.jumps.iter().filter(|jump| jump.seq >= from).peekable();
        while let Some(first) = rest.first() {
            while let Some(jump) = jumps.next_if(|jump| jump.seq < first.seq) {
                self.mark(&mut ladder, jump);
            }
            let until = jumps.peek().map_or(Seq::MAX, |jump| jump.seq);
            let run;
            (run, rest) = rest.split_at(together(rest, until));
            let before = ladder.past;
            let rows = ladder.run(run, unfolded);
            self.note(run, rows, before);
        }
        for jump in jumps {
            self.mark(&mut ladder, jump);
        }
        let middle = ladder.steps.len();
        ladder.end();
        self.end = ladder.steps.len() - middle;
        self.steps.append(&mut ladder.steps);
    }

    /// Takes away the rows of calls that are no longer held; of a run that is held in part, what is held stays.
    fn let_go(&mut self, connection: &Connection, calls: &Calls, origin: Origin<'_>, unfolded: &BTreeSet<Seq>) {
        let Some(first) = calls.list().front().map(|call| call.seq) else { return };
        let mut gone = 0;
        while let Some(run) = self.runs.pop_front_if(|run| run.first < first) {
            gone += run.rows;
            if run.last < first {
                continue;
            }
            let mut ladder = Ladder::new(connection, origin, run.before);
            let held: Vec<&Call> = calls.list().iter().take_while(|call| call.seq <= run.last).collect();
            let rows = ladder.run(&held, unfolded);
            let until = self.begin + gone;
            self.steps.splice(self.begin..until, ladder.steps);
            self.runs.push_front(Run { first, rows, ..run });
            return;
        }
        self.steps.drain(self.begin..self.begin + gone);
    }

    fn mark(&mut self, ladder: &mut Ladder<'_>, jump: &Call) {
        let before = ladder.past;
        ladder.put(marks::step(jump));
        self.note(&[jump], 1, before);
    }

    fn note(&mut self, run: &[&Call], rows: usize, before: Past) {
        if let (Some(first), Some(last)) = (run.first(), run.last()) {
            self.runs.push_back(Run { first: first.seq, last: last.seq, rows, before });
        }
    }
}

/// How many of the calls from the first one on stand together, before one with the number `until`.
fn together(calls: &[&Call], until: Seq) -> usize {
    let Some(first) = calls.first() else { return 0 };
    if first.event.direction().is_none() {
        return 1;
    }
    calls.iter().take_while(|call| call.event == first.event && call.seq < until).count().max(1)
}

impl Ladder<'_> {
    /// The rows of calls that stand together; gives their number.
    fn run(&mut self, run: &[&Call], unfolded: &BTreeSet<Seq>) -> usize {
        let before = self.steps.len();
        let traffic = run.first().is_some_and(|call| call.event.direction().is_some());
        let open = run.first().is_some_and(|call| unfolded.contains(&call.seq));
        let folds = run.len() >= FOLD && traffic;
        if folds {
            self.fold(run, open);
        }
        if !folds || open {
            for call in run {
                self.add(call);
            }
        }
        self.steps.len() - before
    }
}
