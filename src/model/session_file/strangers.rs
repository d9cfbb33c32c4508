//! Names in a session file that mean nothing here: typing errors, or what a newer version wrote.
//!
//! They are kept and written again; here they are found, with the line where they stand and what is meant by them.

use serde::{Deserialize, Deserializer, de, forward_to_deserialize_any};
use toml::{
    Spanned, Table, Value,
    de::{DeTable, DeValue},
};

use super::SessionFile;
use crate::{
    model::{
        ConnectConfig, Dialog, FetchConfig, ListenConfig, RawPage, Recipe, Route, Rule, SavedMessage, Script, Serving,
        Site, SocketOptions, Uploads,
    },
    words::{Phrase, foreign::in_line, phrase},
};

/// A name that means nothing here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    /// Where it stands, counted from 1.
    pub line: usize,
    /// As it stands.
    pub name: String,
    /// The name that is meant, where one is near.
    pub meant: Option<String>,
}

impl Stranger {
    /// The whole of it, with the line.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        let said = match &self.meant {
            Some(meant) => phrase!(
                "“{name}” is not known here and changes nothing; perhaps “{meant}” is meant",
                name = self.name,
                meant = meant
            ),
            None => {
                phrase!("“{name}” is not known here and changes nothing: a newer version may know it", name = self.name)
            }
        };
        in_line(Some(self.line), said)
    }
}

impl SessionFile {
    /// The names of `text`, of which this was read, that mean nothing here, in its order.
    #[must_use]
    pub fn strangers(&self, text: &str) -> Vec<Stranger> {
        let Ok(document) = DeTable::parse(text) else { return Vec::new() };
        let mut search = Search::default();
        search.table(document.get_ref(), &self.unknown, "");
        search.list(document.get_ref(), "listener", self.listeners.iter().map(|entry| &entry.unknown));
        search.list(document.get_ref(), "client", self.clients.iter().map(|entry| &entry.unknown));
        search.list(document.get_ref(), "request", self.requests.iter().map(|entry| &entry.unknown));
        search.list(document.get_ref(), "message", self.messages.iter().map(|entry| &entry.unknown));
        let Search { mut found } = search;
        found.sort_by_key(|(at, _)| *at);
        let (mut line, mut from) = (1, 0);
        let place = |(at, stranger): (usize, Stranger)| {
            line += text.get(from..at).unwrap_or_default().matches('\n').count();
            from = at;
            Stranger { line, ..stranger }
        };
        found.into_iter().map(place).collect()
    }
}

/// What was found, each with its place in the text.
#[derive(Default)]
struct Search {
    found: Vec<(usize, Stranger)>,
}

impl Search {
    fn list<'b>(&mut self, document: &DeTable<'_>, name: &str, unknown: impl Iterator<Item = &'b Table>) {
        let Some((_, rows)) = document.iter().find(|(key, _)| key.get_ref() == name) else { return };
        let Some(rows) = rows.get_ref().as_array() else { return };
        for (row, unknown) in rows.iter().zip(unknown) {
            if let Some(row) = row.get_ref().as_table() {
                self.table(row, unknown, name);
            }
        }
    }

    /// What is `unknown` of a table that stands under the name `of`.
    fn table(&mut self, located: &DeTable<'_>, unknown: &Table, of: &str) {
        let names = names(of);
        for (key, value) in located {
            let name: &str = key.get_ref();
            let Some(left) = unknown.get(name) else { continue };
            let is_known = names.contains(&name);
            // Of a table whose names are not listed here, only what is in it can be judged.
            if is_known || (names.is_empty() && is_nested(left)) {
                self.inside(value, left, name);
            } else {
                let stranger = Stranger { line: 0, name: name.to_owned(), meant: meant(name, &names) };
                self.found.push((key.span().start, stranger));
            }
        }
    }

    /// What is unknown within a value. One that is no table is known, and only left out where it is written.
    fn inside(&mut self, located: &Spanned<DeValue<'_>>, unknown: &Value, of: &str) {
        match (located.get_ref(), unknown) {
            (DeValue::Table(located), Value::Table(unknown)) => self.table(located, unknown, of),
            (DeValue::Array(rows), Value::Array(unknown)) => {
                for (row, unknown) in rows.iter().zip(unknown) {
                    self.inside(row, unknown, of);
                }
            }
            _ => {}
        }
    }
}

fn is_nested(value: &Value) -> bool {
    match value {
        Value::Table(_) => true,
        Value::Array(rows) => rows.iter().all(Value::is_table),
        _ => false,
    }
}

/// The names that may stand in a table; none where they are not listed here.
fn names(of: &str) -> Vec<&'static str> {
    match of {
        "" => vec!["socketlab", "listener", "client", "request", "message"],
        "listener" => fields::<ListenConfig>(),
        "client" => [fields::<ConnectConfig>(), vec!["encoding", "script"]].concat(),
        "request" => fields::<FetchConfig>(),
        "message" => fields::<SavedMessage>(),
        "options" => fields::<SocketOptions>(),
        "serving" => fields::<Serving>(),
        "uploads" => fields::<Uploads>(),
        "recipe" => fields::<Recipe>(),
        "Http" => fields::<Site>(),
        "Routes" => fields::<Route>(),
        "Dialog" => fields::<Dialog>(),
        "rule" => fields::<Rule>(),
        "Page" => fields::<RawPage>(),
        "script" => fields::<Script>(),
        _ => Vec::new(),
    }
}

/// Which name is meant by one that is not known: one with other letters between the same, or the option of that name.
fn meant(name: &str, names: &[&'static str]) -> Option<String> {
    let plain = |name: &str| name.to_lowercase().replace('-', "_");
    let wanted = plain(name);
    let most = (wanted.chars().count() / 3).clamp(1, 3);
    let near = names.iter().map(|known| (strsim::osa_distance(&wanted, &plain(known)), known));
    if let Some((_, known)) = near.filter(|(distance, _)| *distance <= most).min_by_key(|(distance, _)| *distance) {
        return Some((*known).to_owned());
    }
    let is_option = names.contains(&"options") && fields::<SocketOptions>().contains(&wanted.as_str());
    is_option.then(|| format!("options.{wanted}"))
}

/// The names that a type is read from.
fn fields<T: for<'de> Deserialize<'de>>() -> Vec<&'static str> {
    let mut asked = Asked(&[]);
    // It ends with the question.
    let _ = T::deserialize(&mut asked);
    asked.0.to_vec()
}

/// Reads nothing, and hears what is asked for.
struct Asked(&'static [&'static str]);

impl<'de> Deserializer<'de> for &mut Asked {
    type Error = de::value::Error;

    fn deserialize_any<V: de::Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(de::Error::custom(""))
    }

    fn deserialize_struct<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: de::Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.0 = variants;
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct
        seq tuple tuple_struct map identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::{super::SavedClient, *};

    fn strangers(text: &str) -> Vec<(usize, String, Option<String>)> {
        let found = SessionFile::read(text).unwrap().strangers(text);
        found.into_iter().map(|stranger| (stranger.line, stranger.name, stranger.meant)).collect()
    }

    #[test]
    fn each_is_named_with_its_line_and_what_is_meant() {
        let text = "socketlab = 1\ncolour = 'red'\n[[listener]]\nprot = 8001\nrecv-size = 5\nnodelay = false\n\
                    [listener.options]\nTTL = 3\necn = 1\n[listener.recipe.Dialog]\ngreting = 'hi'\n\
                    [[listener.recipe.Dialog.rule]]\npatern = 'x'\n\
                    [[client]]\nhots = 'localhost'\n[client.script]\nreceive_first = false\nsnd = ['x']\n\
                    [[request]]\nurl = 'http://x'\nmethd = 'GET'\n[[message]]\ncontent = 'x'\nhotkey = 'F5'\n";
        let wanted = [
            (2, "colour", None),
            (4, "prot", Some("port")),
            (5, "recv-size", Some("recv_size")),
            (6, "nodelay", Some("options.nodelay")),
            (8, "TTL", Some("ttl")),
            (9, "ecn", None),
            (11, "greting", Some("greeting")),
            (13, "patern", Some("pattern")),
            (15, "hots", Some("host")),
            (18, "snd", Some("send")),
            (21, "methd", Some("method")),
            (24, "hotkey", None),
        ];
        let wanted = wanted.map(|(line, name, meant)| (line, name.to_owned(), meant.map(str::to_owned)));
        assert_eq!(strangers(text), wanted);
    }

    #[test]
    fn what_is_known_is_no_stranger_however_it_is_set() {
        let text = "socketlab = 1\n[[client]]\nencoding = 'Utf8'\nsource = '127.0.0.1:0'\n[client.script]\n\
                    receive_first = false\nsend = []\nfrom_user = false\ntake_turns = false\n\
                    close_after_reply = false\nstop_on = 'x'\n[client.idle_timeout]\nsecs = 1\nnanos = 0\n\
                    [[listener]]\nrecipe = 'Echo'\n[[listener]]\nkeep_half_open = false\n[listener.options]\n\
                    user_timeout = 5\n[listener.serving.uploads]\nfolder = '/tmp'\nlimit = 5\n";
        assert_eq!(strangers(text), []);
        let everything = SessionFile {
            listeners: vec![ListenConfig::default().into()],
            clients: vec![SavedClient::default().into()],
            requests: vec![FetchConfig::default().into()],
            messages: vec![SavedMessage::default().into()],
            ..SessionFile::default()
        };
        assert_eq!(strangers(&everything.write().unwrap()), []);
    }

    #[test]
    fn every_type_that_is_listed_says_its_names() {
        for of in ["listener", "client", "request", "message", "options", "serving", "uploads", "recipe", "Http"] {
            assert!(names(of).len() > 1, "{of}");
        }
        for of in ["Routes", "Dialog", "rule", "Page", "script"] {
            assert!(names(of).len() > 1, "{of}");
        }
    }
}
