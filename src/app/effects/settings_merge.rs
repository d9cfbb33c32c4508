//! Settings as a table of values: what a file has of them that this version understands, and what changed in one window
//! put into a file that another one may have written since.

use toml::{Table, Value};

/// The values of `file` that `fits` takes, each tried by itself where the whole does not fit; the names of the others.
pub(super) fn sift(file: &Table, fits: &dyn Fn(&Table) -> bool) -> (Table, Vec<String>) {
    let (mut good, mut wrong) = (Table::new(), Vec::new());
    if fits(file) {
        return (file.clone(), wrong);
    }
    for (name, value) in file {
        let alone = |value: Value| Table::from_iter([(name.clone(), value)]);
        match value {
            value if fits(&alone(value.clone())) => {
                good.insert(name.clone(), value.clone());
            }
            Value::Table(table) => {
                let (part, more) = sift(table, &|part| fits(&alone(Value::Table(part.clone()))));
                wrong.extend(more.into_iter().map(|inner| format!("{name}.{inner}")));
                good.insert(name.clone(), Value::Table(part));
            }
            Value::Array(list) => {
                let one = |item: &&Value| fits(&alone(Value::Array(vec![(*item).clone()])));
                let kept: Vec<Value> = list.iter().filter(one).cloned().collect();
                if kept.len() < list.len() {
                    wrong.push(name.clone());
                }
                good.insert(name.clone(), Value::Array(kept));
            }
            _ => wrong.push(name.clone()),
        }
    }
    (good, wrong)
}

/// Puts what became of `mine` since `base` into `file`, and leaves everything else there as it is.
pub(super) fn merge(base: &Table, mine: &Table, file: &mut Table) {
    let names: Vec<&String> = base.keys().chain(mine.keys().filter(|name| !base.contains_key(*name))).collect();
    for name in names {
        match (base.get(name), mine.get(name)) {
            (before, now) if before == now => {}
            (_, None) => {
                file.remove(name);
            }
            (Some(Value::Table(before)), Some(Value::Table(now))) => {
                let there = file.entry(name.clone()).or_insert_with(|| Value::Table(Table::new()));
                match there {
                    Value::Table(there) => merge(before, now, there),
                    other => *other = Value::Table(now.clone()),
                }
            }
            (Some(Value::Array(before)), Some(Value::Array(now))) => {
                let there = file.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
                file.insert(name.clone(), Value::Array(list(before, now, &there)));
            }
            (_, Some(now)) => {
                file.insert(name.clone(), now.clone());
            }
        }
    }
}

/// A list in my order, without what the other one took out, and with what the other one put in.
fn list(base: &[Value], mine: &[Value], theirs: &[Value]) -> Vec<Value> {
    let removed = |value: &Value| base.contains(value) && !theirs.contains(value);
    let added = |value: &&Value| !base.contains(value) && !mine.contains(value);
    mine.iter().filter(|value| !removed(value)).chain(theirs.iter().filter(added)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        text.parse().unwrap()
    }

    #[test]
    fn what_two_windows_changed_is_all_there() {
        let base = table("a = 1\nb = 1\nlist = ['x', 'y']\n[in]\nc = 1\nd = 1");
        let mine = table("a = 2\nb = 1\nlist = ['x', 'y', 'mine']\n[in]\nc = 2\nd = 1");
        let mut file = table("a = 1\nb = 3\nnewer = 'kept'\nlist = ['y', 'theirs']\n[in]\nc = 1\nd = 4\nnew = 5");
        merge(&base, &mine, &mut file);
        let wanted = "a = 2\nb = 3\nnewer = 'kept'\nlist = ['y', 'mine', 'theirs']\n[in]\nc = 2\nd = 4\nnew = 5";
        assert_eq!(file, table(wanted));
        merge(&table("gone = 1\na = 1"), &table("a = 1"), &mut file);
        assert!(!file.contains_key("gone"));
        // Where somebody wrote nonsense in the place of a table, mine takes its place.
        let mut file = table("in = 3");
        merge(&table("[in]\nc = 1"), &table("[in]\nc = 2"), &mut file);
        assert_eq!(file, table("[in]\nc = 2"));
    }

    #[test]
    fn a_value_that_is_not_understood_costs_only_itself() {
        let fits = |table: &Table| {
            let number = |value: Option<&Value>| value.is_none_or(Value::is_integer);
            let inner =
                table.get("in").is_none_or(|inner| inner.as_table().is_some_and(|inner| number(inner.get("c"))));
            let list =
                table.get("list").is_none_or(|list| list.as_array().is_some_and(|list| list.iter().all(Value::is_str)));
            number(table.get("a")) && inner && list
        };
        let file = table("a = 'Tab'\nb = 1\nlist = ['x', 3]\n[in]\nc = 'large'\nd = 1");
        let (good, wrong) = sift(&file, &fits);
        assert_eq!(good, table("b = 1\nlist = ['x']\n[in]\nd = 1"));
        assert_eq!(wrong, ["a", "in.c", "list"]);
        assert_eq!(sift(&good, &fits), (good.clone(), Vec::new()));
    }
}
