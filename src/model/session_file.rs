//! A session as a file: listeners, clients, requests and saved messages in TOML that a person can read and send on.
//!
//! Fields at their defaults are left out. What a newer version wrote and this one does not know, at any depth, is carried
//! along ([`FileEntry::unknown`]) and written again. A file that is there is edited ([`SessionFile::edit`]), so that the
//! comments and the order of a person stay.

mod edit;
mod strangers;

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::{ConnectConfig, Encoding, FetchConfig, ListenConfig, SavedMessage, Script};
pub use strangers::Stranger;

use crate::words::{
    Phrase,
    foreign::{in_line, toml_error},
    phrase, text,
};

/// Listeners, clients and requests that a file may hold together.
const MOST: usize = 1000;
/// What a name that a person gave stands under.
const NAME: &str = "name";
/// Characters of such a name.
const LONGEST_NAME: usize = 100;
/// The version that this program writes.
const VERSION: i64 = 1;

/// Something of the file, with what stood beside it and is not known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FileEntry<T> {
    /// What is known.
    pub value: T,
    /// What a person calls it; empty where it has no name of its own.
    pub name: String,
    /// What is not, as it stood.
    pub unknown: Table,
}

impl<T> From<T> for FileEntry<T> {
    fn from(value: T) -> Self {
        Self { value, name: String::new(), unknown: Table::new() }
    }
}

/// A client as it stands in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SavedClient {
    /// Where to, and how.
    #[serde(flatten)]
    pub config: ConnectConfig,
    /// What its bytes are read as, and what a person types there is written in. Its script says UTF-8.
    pub encoding: Encoding,
    /// What it says by itself.
    pub script: Script,
}

/// Everything of a session file, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionFile {
    /// What listens.
    pub listeners: Vec<FileEntry<ListenConfig>>,
    /// What connects.
    pub clients: Vec<FileEntry<SavedClient>>,
    /// What is asked for by HTTP.
    pub requests: Vec<FileEntry<FetchConfig>>,
    /// What can be sent with a click.
    pub messages: Vec<FileEntry<SavedMessage>>,
    /// What else stood in the file.
    pub unknown: Table,
}

/// Why a text is no session file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.phrase())]
pub struct SessionFileError {
    /// Counted from 1; `None` where the whole is meant.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: Phrase,
}

impl SessionFileError {
    /// The whole of it, with the line.
    #[must_use]
    pub fn phrase(&self) -> Phrase {
        in_line(self.line, self.message.clone())
    }

    /// What TOML's reader says of `text`, with the line.
    #[must_use]
    pub fn from_toml(text: &str, error: &toml::de::Error) -> Self {
        let (line, message) = toml_error(text, error);
        Self { line, message }
    }
}

/// The names in the file.
#[derive(Deserialize)]
struct Document {
    socketlab: i64,
    #[serde(default)]
    listener: Vec<ListenConfig>,
    #[serde(default)]
    client: Vec<ConnectConfig>,
    #[serde(default)]
    request: Vec<FetchConfig>,
    #[serde(default)]
    message: Vec<SavedMessage>,
}

/// What stands beside the clients' own fields, read by itself: a flattened table would know no lines.
#[derive(Deserialize)]
struct Besides {
    #[serde(default)]
    client: Vec<Beside>,
}

#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    script: Script,
}

impl SessionFile {
    /// Ends of names of such files, without the dot.
    pub const EXTENSION: &'static str = "socketlab";

    /// Reads a file's text.
    ///
    /// # Errors
    /// When it is no TOML, a value makes no sense, or there is too much; with the line where there is one.
    pub fn read(text: &str) -> Result<Self, SessionFileError> {
        let wrong = |error: &toml::de::Error| SessionFileError::from_toml(text, error);
        let whole = |message| SessionFileError { line: None, message };
        let mut raw: Table = text.parse().map_err(|error| wrong(&error))?;
        if !raw.contains_key("socketlab") {
            return Err(whole(phrase!("not a session: it does not say socketlab = 1")));
        }
        let document: Document = toml::from_str(text).map_err(|error| wrong(&error))?;
        let besides: Besides = toml::from_str(text).map_err(|error| wrong(&error))?;
        if document.socketlab < 1 {
            return Err(whole(phrase!("not a session: socketlab must be 1 or more")));
        }
        if document.listener.len() + document.client.len() + document.request.len() > MOST
            || document.message.len() > SavedMessage::MOST
        {
            return Err(whole(phrase!(
                "too much for one session: at most {most} listeners and clients and {messages} messages",
                most = MOST,
                messages = SavedMessage::MOST
            )));
        }
        let clients = document.client.into_iter().zip(besides.client);
        let client = |(config, Beside { encoding, script })| SavedClient { config, encoding, script };
        let clients = clients.map(client).collect();
        let file = Self {
            listeners: entries(document.listener, &mut raw, "listener"),
            clients: entries(clients, &mut raw, "client"),
            requests: entries(document.request, &mut raw, "request"),
            messages: entries(document.message, &mut raw, "message"),
            unknown: Table::new(),
        };
        if document.socketlab <= VERSION {
            raw.remove("socketlab");
        }
        Ok(Self { unknown: raw, ..file })
    }

    /// The file's text; [`SessionFile::read`] reads the same back.
    ///
    /// # Errors
    /// A value that TOML cannot write, such as a path that is no Unicode.
    pub fn write(&self) -> Result<String, toml::ser::Error> {
        let mut table = Table::new();
        table.insert("socketlab".to_owned(), Value::Integer(VERSION));
        put(&mut table, "listener", &self.listeners, &["transport", "bind", "port", "recipe"])?;
        put(&mut table, "client", &self.clients, &["transport", "host", "port"])?;
        put(&mut table, "request", &self.requests, &["url", "method"])?;
        put(&mut table, "message", &self.messages, &["name", "kind", "content"])?;
        carry(&mut table, &self.unknown);
        let note = text!("A session of Socketlab. Fields that are not here have their defaults.");
        Ok(format!("# {note}\n{}", toml::to_string_pretty(&table)?))
    }

    /// True when there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.listeners.is_empty() && self.clients.is_empty() && self.requests.is_empty() && self.messages.is_empty()
    }
}

/// Values with what is not known of their tables in `raw`, from which they are taken.
fn entries<T: Serialize>(values: Vec<T>, raw: &mut Table, name: &str) -> Vec<FileEntry<T>> {
    let mut tables = match raw.remove(name) {
        Some(Value::Array(tables)) => tables.into_iter(),
        _ => Vec::new().into_iter(),
    };
    let with = |value: T| {
        let mut unknown = match (tables.next(), Table::try_from(&value)) {
            (Some(Value::Table(raw)), Ok(known)) => unknown(&raw, &known),
            _ => Table::new(),
        };
        let name = match unknown.get(NAME) {
            Some(Value::String(name)) => name.chars().take(LONGEST_NAME).collect(),
            _ => String::new(),
        };
        if !name.is_empty() {
            unknown.remove(NAME);
        }
        FileEntry { value, name, unknown }
    };
    values.into_iter().map(with).collect()
}

/// What is in `raw` and not in `known`.
fn unknown(raw: &Table, known: &Table) -> Table {
    let mut left = Table::new();
    for (key, value) in raw {
        match (known.get(key), value) {
            (None, value) => {
                left.insert(key.clone(), value.clone());
            }
            (Some(Value::Table(known)), Value::Table(raw)) => {
                let inner = unknown(raw, known);
                if !inner.is_empty() {
                    left.insert(key.clone(), Value::Table(inner));
                }
            }
            (Some(Value::Array(known)), Value::Array(raw)) => {
                let inner = raw.iter().zip(known).map(|pair| match pair {
                    (Value::Table(raw), Value::Table(known)) => unknown(raw, known),
                    _ => Table::new(),
                });
                // As many as there are rows, so that each finds its own again.
                let inner: Vec<_> = inner.map(Value::Table).collect();
                if inner.iter().any(|row| row.as_table().is_some_and(|row| !row.is_empty())) {
                    left.insert(key.clone(), Value::Array(inner));
                }
            }
            (Some(_), _) => {}
        }
    }
    left
}

/// Adds what was not known; what is known by now stands.
fn carry(table: &mut Table, unknown: &Table) {
    for (key, value) in unknown {
        match (table.get_mut(key), value) {
            (Some(Value::Table(table)), Value::Table(unknown)) => carry(table, unknown),
            (Some(Value::Array(rows)), Value::Array(unknown)) => {
                for pair in rows.iter_mut().zip(unknown) {
                    if let (Value::Table(row), Value::Table(unknown)) = pair {
                        carry(row, unknown);
                    }
                }
            }
            // The newer version that wrote it stays the one it says it is.
            (Some(version), value) if key == "socketlab" => version.clone_from(value),
            (Some(_), _) => {}
            (None, value) => {
                table.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Puts entries into the file without what is at its default, `always` aside.
fn put<T>(table: &mut Table, name: &str, entries: &[FileEntry<T>], always: &[&str]) -> Result<(), toml::ser::Error>
where
    T: Serialize + Default,
{
    let default = Table::try_from(T::default())?;
    let mut list = Vec::with_capacity(entries.len());
    for entry in entries {
        let mut fields = Table::try_from(&entry.value)?;
        fields.retain(|key, value| always.contains(&key) || default.get(key) != Some(value));
        if !entry.name.is_empty() {
            fields.insert(NAME.to_owned(), Value::String(entry.name.clone()));
        }
        carry(&mut fields, &entry.unknown);
        list.push(Value::Table(fields));
    }
    if !list.is_empty() {
        table.insert(name.to_owned(), Value::Array(list));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
