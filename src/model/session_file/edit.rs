//! A session file in which a person has written, changed in place.

use serde::Serialize;
use toml::{Table, Value};
use toml_edit::{DocumentMut, Item, TableLike};

use super::{FileEntry, NAME, SessionFile};

impl SessionFile {
    /// `old` changed so that it says what `new` says: comments, order and what is not known stay. `None` when one of
    /// them is no session, or `old` writes its lists in a way that is not followed.
    #[must_use]
    pub fn edit(old: &str, new: &str) -> Option<String> {
        let (before, after) = (Self::read(old).ok()?, Self::read(new).ok()?);
        let (mut document, fresh): (DocumentMut, DocumentMut) = (old.parse().ok()?, new.parse().ok()?);
        list(&mut document, &fresh, "listener", &before.listeners, &after.listeners)?;
        list(&mut document, &fresh, "client", &before.clients, &after.clients)?;
        list(&mut document, &fresh, "request", &before.requests, &after.requests)?;
        list(&mut document, &fresh, "message", &before.messages, &after.messages)?;
        add(document.as_table_mut(), &after.unknown)?;
        let text = document.to_string();
        let said = Self::read(&text).ok()?;
        let same = same(&said.listeners, &after.listeners)
            && same(&said.clients, &after.clients)
            && same(&said.requests, &after.requests)
            && same(&said.messages, &after.messages);
        same.then_some(text)
    }
}

/// Whether two lists have the same values, in whatever order.
fn same<T: PartialEq>(one: &[FileEntry<T>], other: &[FileEntry<T>]) -> bool {
    one.len() == other.len()
        && one.iter().all(|entry| other.iter().any(|wanted| wanted.value == entry.value && wanted.name == entry.name))
}

/// Changes the rows of a list; what is new comes after them.
fn list<T: Serialize + PartialEq>(
    document: &mut DocumentMut,
    fresh: &DocumentMut,
    name: &str,
    before: &[FileEntry<T>],
    after: &[FileEntry<T>],
) -> Option<()> {
    let values = |entries: &[FileEntry<T>]| -> Option<Vec<Table>> {
        let named = |entry: &FileEntry<T>| {
            let mut table = Table::try_from(&entry.value).ok()?;
            if !entry.name.is_empty() {
                table.insert(NAME.to_owned(), Value::String(entry.name.clone()));
            }
            Some(table)
        };
        entries.iter().map(named).collect()
    };
    let (old, new) = (values(before)?, values(after)?);
    let mut pairs: Vec<Option<usize>> = vec![None; old.len()];
    let mut left: Vec<usize> = (0..new.len()).collect();
    // Whatever stayed as it was is paired before what changed.
    for alike in [<Table as PartialEq>::eq, is_changed] {
        for (row, pair) in old.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
            let found = left.iter().position(|index| new.get(*index).is_some_and(|other| alike(row, other)));
            *pair = found.map(|at| left.remove(at));
        }
    }
    let item = document.entry(name).or_insert_with(|| Item::ArrayOfTables(toml_edit::ArrayOfTables::new()));
    let rows = item.as_array_of_tables_mut()?;
    for ((table, row), pair) in rows.iter_mut().zip(&old).zip(&pairs) {
        if let Some((wanted, entry)) = pair.and_then(|index| new.get(index).zip(after.get(index))) {
            change(table, row, wanted)?;
            add(table, &entry.unknown)?;
        }
    }
    let mut paired = pairs.iter().map(Option::is_some);
    rows.retain(|_| paired.next().unwrap_or(false));
    for index in left {
        let mut table = fresh.get(name)?.as_array_of_tables()?.get(index)?.clone();
        unplace(&mut table);
        rows.push(table);
    }
    if rows.is_empty() {
        document.remove(name);
    }
    Some(())
}

/// Whether one became the other: of what tells them from their like, one thing at most is different.
fn is_changed(one: &Table, other: &Table) -> bool {
    const NAMES: [&str; 8] = ["transport", "bind", "host", "port", "recipe", "url", "name", "content"];
    let told = NAMES.iter().filter_map(|name| one.get(*name).zip(other.get(*name)));
    let (same, different): (Vec<_>, Vec<_>) = told.partition(|(one, other)| one == other);
    different.len() <= 1 && same.iter().any(|(value, _)| value.as_str() != Some(""))
}

/// Writes what is not the same.
fn change(table: &mut dyn TableLike, before: &Table, after: &Table) -> Option<()> {
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        table.remove(name);
    }
    for (name, wanted) in after.iter().filter(|(name, wanted)| before.get(*name) != Some(*wanted)) {
        let Some(slot) = table.get_mut(name) else {
            table.insert(name, item(name, wanted)?);
            continue;
        };
        match (before.get(name), wanted) {
            (Some(Value::Table(before)), Value::Table(after)) if slot.is_table_like() => {
                change(slot.as_table_like_mut()?, before, after)?;
            }
            (Some(Value::Array(before)), Value::Array(after))
                if slot.is_array_of_tables() && before.len() == after.len() =>
            {
                for ((table, before), after) in slot.as_array_of_tables_mut()?.iter_mut().zip(before).zip(after) {
                    change(table, before.as_table()?, after.as_table()?)?;
                }
            }
            _ => {
                let mut value = item(name, wanted)?;
                if let (Some(old), Some(new)) = (slot.as_value(), value.as_value_mut()) {
                    new.decor_mut().clone_from(old.decor());
                }
                *slot = value;
            }
        }
    }
    Some(())
}

/// Adds what is not there.
fn add(table: &mut dyn TableLike, fields: &Table) -> Option<()> {
    for (name, value) in fields {
        if !table.contains_key(name) {
            table.insert(name, item(name, value)?);
        }
    }
    Some(())
}

/// A value as it is written.
fn item(name: &str, value: &Value) -> Option<Item> {
    let table = Table::from_iter([(name.to_owned(), value.clone())]);
    let mut document: DocumentMut = toml::to_string_pretty(&table).ok()?.parse().ok()?;
    unplace(document.as_table_mut());
    document.remove(name)
}

/// Lets a table stand behind what it is put behind, and not where it stood in its own file.
fn unplace(table: &mut toml_edit::Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => unplace(inner),
            Item::ArrayOfTables(rows) => rows.iter_mut().for_each(unplace),
            _ => {}
        }
    }
}
