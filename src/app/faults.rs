//! What is wrong with the rules of the dialog that is being typed, kept so that only a changed rule is compiled again.

use crate::{
    model::Rule,
    protocol::dialog,
    ui::listen_form::{Answer, ListenForm},
};

/// The rules as they were looked at last, and what is wrong with each; empty words where nothing is.
#[derive(Debug, Default)]
pub(super) struct Faults {
    rules: Vec<Rule>,
    words: Vec<String>,
}

impl Faults {
    /// Looks at what changed in the form.
    pub(super) fn of(&mut self, form: &ListenForm) -> &[String] {
        if form.answer != Answer::Dialog {
            return &[];
        }
        let rules = form.dialog.value().rules;
        if rules != self.rules {
            let words = rules.iter().enumerate().map(|(number, rule)| {
                let known = self.rules.get(number).filter(|known| *known == rule).and(self.words.get(number));
                known.cloned().unwrap_or_else(|| dialog::fault(rule).unwrap_or_default())
            });
            self.words = words.collect();
            self.rules = rules;
        }
        &self.words
    }
}
