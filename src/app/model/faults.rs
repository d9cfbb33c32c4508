//! What is wrong with the rules of the dialog that is being typed, kept so that only a changed rule is compiled again.

use egui::Context;

use crate::{
    model::{Dialog, Encoding, Rule},
    respond::dialog,
    ui::forms::listen_form::{ListenForm, ResponderKind},
};

/// Rules that are compiled in one frame, at most.
const AT_ONCE: usize = 8;

/// The rules as they were looked at last, and what is wrong with each; empty words where nothing is.
#[derive(Debug, Default)]
pub(in crate::app) struct Faults {
    rules: Vec<Rule>,
    encoding: Encoding,
    /// The dialog without its rules: how they become bytes.
    rest: Dialog,
    words: Vec<String>,
}

impl Faults {
    /// Looks at what changed in the form; of a long script a part in each frame, and asks `ctx` for the next one.
    pub(in crate::app) fn of(&mut self, form: &ListenForm, ctx: &Context) -> &[String] {
        if form.answer != ResponderKind::Dialog {
            return &[];
        }
        let mut dialog = form.dialog.value();
        let mut rules = std::mem::take(&mut dialog.rules);
        if (form.encoding, &dialog) != (self.encoding, &self.rest) {
            *self = Self { encoding: form.encoding, rest: dialog, ..Self::default() };
        }
        if rules != self.rules {
            let mut left = AT_ONCE;
            let words = rules.iter().enumerate().map_while(|(number, rule)| {
                let known = self.rules.get(number).filter(|known| *known == rule).and(self.words.get(number));
                if let Some(known) = known {
                    return Some(known.clone());
                }
                left = left.checked_sub(1)?;
                Some(dialog::fault(rule, &self.rest, self.encoding).map_or_else(String::new, |fault| fault.to_string()))
            });
            self.words = words.collect();
            if self.words.len() < rules.len() {
                rules.truncate(self.words.len());
                ctx.request_repaint();
            }
            self.rules = rules;
        }
        &self.words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::When,
        ui::forms::dialog_form::{DialogForm, RuleForm},
    };

    #[test]
    fn a_long_script_is_looked_at_in_parts_and_only_what_changed_again() {
        let rule = |pattern: &str| RuleForm { when: When::Regex, pattern: pattern.to_owned(), ..RuleForm::default() };
        let rules = (0..20).map(|number| if number == 19 { rule("(") } else { rule("a") }).collect();
        let dialog = DialogForm { rules, ..DialogForm::default() };
        let mut form = ListenForm { answer: ResponderKind::Dialog, dialog, ..ListenForm::default() };
        let (mut faults, ctx) = (Faults::default(), Context::default());
        let looked = [8, 16, 20].map(|count| faults.of(&form, &ctx).len() == count);
        assert_eq!(looked, [true; 3]);
        assert!(faults.of(&form, &ctx).last().is_some_and(|words| words.contains("makes no sense")));
        form.dialog.rules.pop();
        assert!(faults.of(&form, &ctx).iter().all(String::is_empty) && faults.words.len() == 19);
        form.dialog.rules.truncate(1);
        form.dialog.rules[0].reply = "é".into();
        let mut fault = |encoding| {
            form.encoding = encoding;
            faults.of(&form, &ctx).first().cloned().unwrap_or_default()
        };
        assert_eq!((fault(Encoding::Utf8), fault(Encoding::Latin1)), (String::new(), String::new()));
        assert!(fault(Encoding::ShiftJis).contains("“é” is not in Shift_JIS"));
        form.answer = ResponderKind::default();
        assert!(faults.of(&form, &ctx).is_empty());
    }
}
