//! What is typed and chosen in one place, and the bytes that it is: made once, when something of it has changed.

use std::{ops::Range, path::PathBuf};

use super::{
    addressee::{Reach, To},
    mode::Mode,
};
use crate::model::{
    Encoding, Target,
    compose::{Checksum, ComposeError, Composed, Converted, Notation, Options, Template, Turn, to_hex, to_text},
};

/// What is longer is not turned into hex or text: three letters a byte are more than a field can hold.
pub(super) const CONVERTIBLE: usize = 1 << 20;
/// What is longer is shown by its beginning and its size: a field lays out all of its text, and keeps it twice.
pub(super) const LONG: usize = 256 << 10;
/// Checksums of what is longer are not made just to be shown in a list.
const SUMMED: usize = 1 << 20;

/// What is typed and chosen in one place.
#[derive(Debug, Default)]
pub(super) struct Draft {
    mode: Mode,
    /// Which of the two texts was typed in last.
    notation: Notation,
    text: String,
    hex: String,
    pub(super) file: Option<PathBuf>,
    pub(super) picture: Option<PathBuf>,
    /// Whom it is for.
    pub(super) to: To,
    options: Options,
    /// How many messages with fields were sent from here.
    round: u64,
    /// Another one whenever what is typed is.
    version: u64,
    prepared: Option<Prepared>,
    /// Text and hex that say the same, as the one was made of the other.
    twin: Option<(String, String)>,
    /// What is to be said about the last change of the mode.
    pub(super) note: Option<Note>,
}

/// What happened to what is typed when it was turned into the other notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Note {
    /// It stays under the other mode.
    Kept(ComposeError),
    /// It is longer than is turned.
    TooLong,
    /// Some of it is no text and stands there as escapes, which are on now.
    Escaped,
}

/// What is typed as bytes, and of what.
#[derive(Debug)]
struct Prepared {
    of: (u64, Notation, Options, Encoding),
    result: Result<Ready, ComposeError>,
}

/// What is sent.
#[derive(Debug)]
pub(super) struct Ready {
    /// Exactly, but for the time, which goes on.
    pub(super) composed: Composed,
    /// Where each sending has other bytes.
    template: Option<Template>,
    turn: Turn,
    pub(super) is_dump: bool,
    /// The value of each checksum, once it was asked for.
    sums: Option<Vec<(Checksum, Vec<u8>)>>,
}

impl Ready {
    fn new(typed: &str, of: (u64, Notation, Options, Encoding), round: u64) -> Result<Self, ComposeError> {
        let (_, notation, options, encoding) = of;
        let template = Template::new(typed, notation, &options, encoding)?;
        let turn = Turn::now(round);
        let composed = template.fill(&turn);
        let is_dump = template.is_dump();
        Ok(Self { composed, template: Some(template).filter(Template::has_fields), turn, is_dump, sums: None })
    }

    /// There is no message: nothing at all, or nothing but the checksum of nothing.
    pub(super) fn is_nothing(&self, options: Options) -> bool {
        self.composed.bytes.is_empty() || self.composed.body == 0 && options.checksum != Checksum::None
    }
}

impl Draft {
    /// Nothing typed yet, with what is chosen here.
    pub(super) fn fresh(&self) -> Self {
        let Self { mode, notation, options, .. } = *self;
        Self { mode, notation, options, ..Self::default() }
    }

    pub(super) fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn options(&self) -> Options {
        self.options
    }

    /// Chooses how what is typed is sent. A counter begins anew with the fields.
    pub(super) fn choose(&mut self, options: Options) {
        if options.fields != self.options.fields {
            self.round = 0;
        }
        self.options = options;
    }

    pub(super) fn set_file(&mut self, path: PathBuf, picture: bool) {
        if picture {
            (self.mode, self.picture) = (Mode::Picture, Some(path));
        } else {
            (self.mode, self.file) = (Mode::File, Some(path));
        }
    }

    /// The file that is sent in this mode.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        if self.mode == Mode::Picture { self.picture.as_ref() } else { self.file.as_ref() }
    }

    /// Sets the mode as it was or as somebody else wants it; what is typed stays as it is.
    pub(super) fn set_mode(&mut self, mode: Mode) {
        self.mode = mode;
        if let Some(notation) = mode.notation() {
            self.notation = notation;
        }
    }

    /// Replaces what is typed.
    pub(super) fn set_typed(&mut self, notation: Notation, typed: String) {
        self.set_mode(if notation == Notation::Hex { Mode::Hex } else { Mode::Text });
        *self.typed_mut() = typed;
        self.touch();
    }

    /// What is typed in the mode that is set, or was before a file was chosen.
    pub(super) fn typed(&self) -> &str {
        if self.notation == Notation::Hex { &self.hex } else { &self.text }
    }

    /// The same to be typed into; say so with [`Draft::touch`].
    pub(super) fn typed_mut(&mut self) -> &mut String {
        if self.notation == Notation::Hex { &mut self.hex } else { &mut self.text }
    }

    pub(super) fn notation(&self) -> Notation {
        self.notation
    }

    /// What is typed is another one.
    pub(super) fn touch(&mut self) {
        self.version += 1;
        self.note = None;
    }

    /// Keeps only what cannot be made anew.
    pub(super) fn put_aside(&mut self) {
        (self.prepared, self.note) = (None, None);
    }

    /// It is too long to be laid out.
    pub(super) fn is_long(&self) -> bool {
        self.typed().len() > LONG
    }

    /// Both texts, for the history.
    pub(super) fn into_texts(self) -> [(Mode, String); 2] {
        [(Mode::Text, self.text), (Mode::Hex, self.hex)]
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty() && self.hex.is_empty() && self.file.is_none() && self.picture.is_none()
    }

    /// Whom it goes to, as far as they can be reached from here.
    pub(super) fn target(&mut self, reach: Reach<'_>) -> Option<Target> {
        let empty = self.is_empty();
        self.to.target(reach, empty)
    }

    /// A person chose another mode: what is typed is turned from text into hex and back. What cannot be turned stays where
    /// it was typed.
    pub(super) fn turn_into(&mut self, mode: Mode, encoding: Encoding) {
        self.mode = mode;
        let Some(to) = mode.notation().filter(|to| *to != self.notation) else { return };
        self.notation = to;
        self.touch();
        let is_hex = to == Notation::Hex;
        let (from, into) = if is_hex { (&self.text, &mut self.hex) } else { (&self.hex, &mut self.text) };
        if let Some((text, hex)) = &self.twin
            && from == if is_hex { text } else { hex }
        {
            into.clone_from(if is_hex { hex } else { text });
            return;
        }
        if from.is_empty() {
            // What it was made of has been deleted.
            if self.twin.take().is_some() {
                into.clear();
            }
            return;
        }
        if from.len() > CONVERTIBLE {
            self.note = Some(Note::TooLong);
            return;
        }
        let turned = if is_hex {
            to_hex(from, &self.options, encoding).map(|text| Converted { text, escapes: false })
        } else {
            to_text(from, &self.options, encoding)
        };
        match turned {
            Ok(Converted { text, escapes }) => {
                *into = text;
                self.twin = Some((self.text.clone(), self.hex.clone()));
                if escapes {
                    self.options.escapes = true;
                    self.note = Some(Note::Escaped);
                }
            }
            Err(error) => self.note = Some(Note::Kept(error)),
        }
    }

    /// What is typed as bytes.
    pub(super) fn ready(&mut self, encoding: Encoding) -> Result<&mut Ready, &ComposeError> {
        let of = (self.version, self.notation, self.options, encoding);
        let typed = if self.notation == Notation::Hex { &self.hex } else { &self.text };
        let round = self.round;
        let fresh = || Prepared { of, result: Ready::new(typed, of, round) };
        self.prepared = self.prepared.take().filter(|prepared| prepared.of == of);
        self.prepared.get_or_insert_with(fresh).result.as_mut().map_err(|error| &*error)
    }

    /// The part of what is typed that makes no sense.
    pub(super) fn wrong(&mut self, encoding: Encoding) -> Option<Range<usize>> {
        let error = self.ready(encoding).err().cloned()?;
        Some(error.part(self.typed()))
    }

    /// What is to be sent now, and what was typed for it; nothing where that is nothing or makes no sense.
    pub(super) fn take(&mut self, encoding: Encoding) -> Option<(Vec<u8>, String)> {
        let options = self.options;
        let ready = self.ready(encoding).ok().filter(|ready| !ready.is_nothing(options))?;
        let bytes = if let Some(template) = &ready.template {
            // With the random bytes that were shown.
            let bytes = template.fill(&Turn { now: Turn::now(0).now, ..ready.turn }).bytes;
            self.round += 1;
            bytes
        } else {
            std::mem::take(&mut ready.composed.bytes)
        };
        self.prepared = None;
        let typed = std::mem::take(self.typed_mut());
        if self
            .twin
            .take()
            .is_some_and(|(text, hex)| if self.notation == Notation::Hex { self.text == text } else { self.hex == hex })
        {
            // What it was made of was sent with it.
            self.text.clear();
            self.hex.clear();
        }
        self.touch();
        Some((bytes, typed))
    }

    /// What is to be sent again and again.
    pub(super) fn template(&self, encoding: Encoding) -> Option<Template> {
        Template::new(self.typed(), self.notation, &self.options, encoding).ok()
    }

    /// The value of each checksum for what is typed; none for what is very long.
    pub(super) fn sums(&mut self, encoding: Encoding) -> &[(Checksum, Vec<u8>)] {
        let order = self.options.byte_order;
        let Ok(ready) = self.ready(encoding) else { return &[] };
        let body = ready.composed.bytes.get(..ready.composed.body).unwrap_or_default();
        let sums = || {
            let all = Checksum::ALL.into_iter().filter(|_| body.len() <= SUMMED);
            all.map(|sum| (sum, sum.bytes(order, body))).collect()
        };
        ready.sums.get_or_insert_with(sums)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(mode: Mode, typed: &str) -> Draft {
        let mut draft = Draft::default();
        draft.set_mode(mode);
        draft.set_typed(mode.notation().unwrap(), typed.to_owned());
        draft
    }

    fn turned(draft: &mut Draft, mode: Mode) -> String {
        draft.turn_into(mode, Encoding::Utf8);
        draft.typed().to_owned()
    }

    #[test]
    fn text_becomes_hex_and_comes_back() {
        let mut draft = typed(Mode::Text, "PING\n");
        assert_eq!(turned(&mut draft, Mode::Hex), "50 49 4E 47 0A");
        assert_eq!(turned(&mut draft, Mode::Text), "PING\n");
        draft.turn_into(Mode::File, Encoding::Utf8);
        assert_eq!(turned(&mut draft, Mode::Hex), "50 49 4E 47 0A", "a file lies between");
        draft.set_typed(Notation::Hex, "00 ff 41".into());
        assert_eq!(turned(&mut draft, Mode::Text), "\\u{0}\\xffA");
        assert_eq!((draft.note.take(), draft.options().escapes), (Some(Note::Escaped), true));
        draft.set_typed(Notation::Text, String::new());
        assert_eq!(turned(&mut draft, Mode::Hex), "", "what was deleted does not come back");
    }

    #[test]
    fn what_cannot_be_turned_stays_and_is_said() {
        let mut draft = typed(Mode::Hex, "50 4");
        assert_eq!(turned(&mut draft, Mode::Text), "");
        assert!(matches!(draft.note, Some(Note::Kept(_))));
        assert_eq!(turned(&mut draft, Mode::Hex), "50 4");
        let mut draft = typed(Mode::Text, "😀");
        draft.turn_into(Mode::Hex, Encoding::Gbk);
        assert!(matches!(draft.note, Some(Note::Kept(_))));
        assert_eq!(turned(&mut draft, Mode::Text), "😀");
        for (length, note) in [(CONVERTIBLE, None), (CONVERTIBLE + 1, Some(Note::TooLong))] {
            let mut draft = typed(Mode::Text, &"x".repeat(length));
            draft.turn_into(Mode::Hex, Encoding::Utf8);
            assert_eq!(draft.note, note);
        }
    }

    #[test]
    fn what_makes_no_sense_is_a_part_of_what_is_typed() {
        for (mode, words, wrong) in [
            (Mode::Hex, "41 4", "4"),
            (Mode::Hex, "41 zz 42", "z"),
            (Mode::Hex, "00\n414 é", "414"),
            (Mode::Text, "ok {time:wrong} so", "{time:wrong}"),
        ] {
            let mut draft = typed(mode, words);
            draft.choose(Options { fields: true, ..Options::default() });
            let part = draft.wrong(Encoding::Utf8).map(|part| words[part].to_owned());
            assert_eq!(part.as_deref(), Some(wrong), "{words:?}");
        }
        let mut draft = typed(Mode::Text, "a😀");
        assert_eq!(draft.wrong(Encoding::Gbk), Some(1..5));
        assert_eq!(draft.wrong(Encoding::Utf8), None);
    }

    #[test]
    fn bytes_are_made_once_for_what_is_typed() {
        let mut draft = typed(Mode::Text, "x");
        let place = |draft: &mut Draft| draft.ready(Encoding::Utf8).unwrap().composed.bytes.as_ptr();
        let first = place(&mut draft);
        assert_eq!(place(&mut draft), first);
        draft.typed_mut().push('y');
        draft.touch();
        assert_eq!(draft.ready(Encoding::Utf8).unwrap().composed.bytes, b"xy");
        draft.choose(Options { checksum: Checksum::Sum8, ..Options::default() });
        assert_eq!(draft.ready(Encoding::Utf8).unwrap().composed.bytes, b"xy\xf1");
        assert_eq!(draft.ready(Encoding::Utf16Be).unwrap().composed.bytes, b"\0x\0y\xf1");
        let sums = draft.sums(Encoding::Utf8).to_vec();
        assert!(
            sums.contains(&(Checksum::Crc16Modbus, Checksum::Crc16Modbus.bytes(draft.options().byte_order, b"xy")))
        );
        draft.set_typed(Notation::Text, "x".repeat(SUMMED + 1));
        assert!(draft.sums(Encoding::Utf8).is_empty());
    }

    #[test]
    fn each_sending_has_the_next_value_and_what_was_shown() {
        let mut draft = typed(Mode::Text, "{counter} {random:4}");
        draft.choose(Options { fields: true, ..Options::default() });
        let shown = draft.ready(Encoding::Utf8).unwrap().composed.bytes.clone();
        let (sent, typed) = draft.take(Encoding::Utf8).unwrap();
        assert_eq!((sent, typed.as_str()), (shown, "{counter} {random:4}"));
        draft.set_typed(Notation::Text, typed);
        assert!(draft.take(Encoding::Utf8).unwrap().0.starts_with(b"2 "));
        assert!(draft.take(Encoding::Utf8).is_none(), "there is nothing any more");
        draft.choose(Options::default());
        draft.choose(Options { fields: true, ..Options::default() });
        draft.set_typed(Notation::Text, "{counter}".into());
        assert_eq!(draft.take(Encoding::Utf8).unwrap().0, b"1", "it begins anew");
    }

    #[test]
    fn nothing_has_no_checksum() {
        let mut draft = typed(Mode::Hex, " ");
        draft.choose(Options { checksum: Checksum::Crc16Modbus, ..Options::default() });
        assert!(draft.take(Encoding::Utf8).is_none());
        let mut draft = typed(Mode::Text, "");
        draft.choose(Options { line_end: crate::model::LineEnd::Lf, ..Options::default() });
        assert_eq!(draft.take(Encoding::Utf8).unwrap().0, b"\n", "a line may be empty");
    }

    #[test]
    fn what_was_sent_as_hex_is_gone_as_text() {
        let mut draft = typed(Mode::Text, "secret");
        turned(&mut draft, Mode::Hex);
        draft.take(Encoding::Utf8).unwrap();
        assert_eq!(turned(&mut draft, Mode::Text), "");
    }
}
