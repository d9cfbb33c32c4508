//! How what is given to send becomes bytes.

use clap::{
    ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser},
};

use crate::model::compose::Checksum;

/// A checksum by its id.
fn checksum() -> impl TypedValueParser<Value = Checksum> {
    let values = Checksum::ALL.iter().map(|sum| PossibleValue::new(sum.id()));
    // The parser before lets nothing else through.
    PossibleValuesParser::new(values).map(|id| Checksum::ALL.into_iter().find(|sum| sum.id() == id).unwrap_or_default())
}

#[derive(Clone, Debug, Default, clap::Args)]
pub(in crate::cli) struct Typed {
    /// What every line from standard input and every TEXT ends with: crlf for SMTP, FTP, Redis and the like, lf, or none;
    /// as it comes without this
    #[arg(long, value_enum, value_name = "none|lf|crlf")]
    pub line_end: Option<TypedEnd>,
    /// Backslashes stand for bytes: \r \n \t \0 \e \\ \xNN \u{4f60} \u4f60
    #[arg(long)]
    pub escapes: bool,
    /// What is given is hex: FFD8, ff d8, 0xff,0xd8, \xff\xd8, FFh D8h, {0xff, 0xd8}, or a dump of xxd, hexdump -C or Wireshark
    #[arg(long, conflicts_with_all = ["escapes", "line_end"])]
    pub hex: bool,
    /// {counter}, {time} and {random:8} stand for values that are new in each TEXT and line; {counter:start=1,step=1,digits=4},
    /// also hex, u8, u16le to u64be; {time:%H:%M:%S}, s, ms; {random:8,hex}
    #[arg(long)]
    pub fields: bool,
    /// Append a checksum to every TEXT and line, before its line end
    #[arg(long, value_name = "KIND", value_parser = checksum(), default_value = "none", hide_default_value = true)]
    pub checksum: Checksum,
    /// Which byte of the checksum stands first; as is usual for it without this
    #[arg(long, value_enum, value_name = "low|high", requires = "checksum")]
    pub byte_order: Option<FirstByte>,
}

/// What a line ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum TypedEnd {
    None,
    Lf,
    Crlf,
}

/// Which byte stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FirstByte {
    Low,
    High,
}
