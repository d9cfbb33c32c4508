//! An entry of a session file.

use crate::model::FileEntry;

/// Puts a value into a list once, with what a newer version had written beside it.
pub(in crate::app) fn put<T: Clone + PartialEq>(
    list: &mut Vec<FileEntry<T>>,
    before: &[FileEntry<T>],
    name: &str,
    value: &T,
) {
    if !list.iter().any(|entry| entry.value == *value && entry.name == name) {
        let entry = before.iter().find(|entry| entry.value == *value).cloned();
        list.push(FileEntry { name: name.to_owned(), ..entry.unwrap_or_else(|| value.clone().into()) });
    }
}
