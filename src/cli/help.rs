//! The help of the command line in the language that is spoken.

use clap::{
    Arg, Command, CommandFactory,
    builder::{PossibleValue, StyledStr},
};

use super::args::Args;
use crate::words::{text, tr_help};

/// Every text of the help as it stands in the code, each once: what a catalogue needs besides `text!`.
#[must_use]
pub fn help_texts() -> Vec<String> {
    let mut texts = Vec::new();
    // Built, so that clap's own arguments and commands are there as well.
    let mut command = Args::command();
    command.build();
    collect(&command, &mut texts);
    texts.sort();
    texts.dedup();
    texts
}

fn collect(command: &Command, texts: &mut Vec<String>) {
    let mut take = |text: Option<&StyledStr>| texts.extend(text.map(ToString::to_string));
    take(command.get_about());
    take(command.get_long_about());
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        take(argument.get_help());
        take(argument.get_long_help());
        for value in argument.get_possible_values() {
            take(value.get_help());
        }
    }
    for inner in command.get_subcommands() {
        collect(inner, texts);
    }
}

/// `command` with its help in the language that is spoken: our own texts, and what clap puts around them.
pub(super) fn translated(mut command: Command) -> Command {
    command.build();
    if crate::words::language() == crate::words::Language::ENGLISH { command } else { translate(command) }
}

fn translate(mut command: Command) -> Command {
    let other = |text: Option<&StyledStr>| tr_help(&text?.to_string());
    if let Some(about) = other(command.get_about()) {
        command = command.about(about);
    }
    if let Some(about) = other(command.get_long_about()) {
        command = command.long_about(about);
    }
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", text!("[OPTIONS]"));
    command = command
        .override_usage(usage)
        .help_template(format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}", text!("Usage:")))
        .subcommand_help_heading(text!("Commands"))
        .mut_args(argument);
    command.mut_subcommands(translate)
}

fn argument(argument: Arg) -> Arg {
    let help = |text: Option<&StyledStr>| {
        let text = text?.to_string();
        Some(tr_help(&text).map_or(text, str::to_owned))
    };
    let short = help(argument.get_help()).unwrap_or_default();
    let long = help(argument.get_long_help()).unwrap_or_else(|| short.clone());
    let takes_value = argument.get_action().takes_values();
    let choices: Vec<PossibleValue> = if takes_value { argument.get_possible_values() } else { Vec::new() };
    let default =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let names: Vec<_> = choices.iter().map(PossibleValue::get_name).collect();
    let list = (!names.is_empty()).then(|| format!("[{} {}]", text!("possible values:"), names.join(", ")));
    let default = (!default.is_empty() && takes_value).then(|| format!("[{} {default}]", text!("default:")));
    let explained = choices.iter().any(|value| value.get_help().is_some()).then(|| {
        let line =
            |value: &PossibleValue| format!("- {}: {}", value.get_name(), help(value.get_help()).unwrap_or_default());
        let lines: Vec<_> = choices.iter().map(line).collect();
        format!("{}\n{}", text!("possible values:"), lines.join("\n"))
    });
    let together = |parts: [Option<String>; 3], between: &str| {
        let parts: Vec<_> = parts.into_iter().flatten().filter(|part| !part.is_empty()).collect();
        parts.join(between)
    };
    let short = together([Some(short), default.clone(), list.clone()], " ");
    let long = together([Some(long), explained.or(list), default], "\n\n");
    let heading = if argument.is_positional() { text!("Arguments") } else { text!("Options") };
    argument.help(short).long_help(long).help_heading(heading).hide_default_value(true).hide_possible_values(true)
}
