//! How what is given to send becomes bytes.

use clap::ValueEnum;

#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct Typed {
    /// What every line from standard input and every TEXT ends with: crlf for SMTP, FTP, Redis and the like, lf, or none;
    /// as it comes without this
    #[arg(long, value_enum, value_name = "none|lf|crlf")]
    pub line_end: Option<TypedEnd>,
    /// Backslashes stand for bytes: \r \n \t \0 \\ \xNN \u{4f60}
    #[arg(long)]
    pub escapes: bool,
    /// What is given is hex: FFD8, ff d8, 0xff,0xd8, \xff\xd8
    #[arg(long, conflicts_with_all = ["escapes", "line_end"])]
    pub hex: bool,
}

/// What a line ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TypedEnd {
    None,
    Lf,
    Crlf,
}
