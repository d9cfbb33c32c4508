//! What HTTP calls a token: a method, or the name of a field of a head.

/// True for one or more of the characters that a token may have (RFC 9110, 5.6.2).
pub(crate) fn is_token(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}
