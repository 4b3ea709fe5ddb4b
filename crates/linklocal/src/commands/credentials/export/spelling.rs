//! Variables in the spelling of each shell.
//!
//! Rule: whatever a value holds, the shell reads that value and nothing else; where a form has no spelling for it, it is refused.

use std::fmt::Write as _;

use crate::arguments::ExportFormat;
use crate::commands::credentials::variables::Variables;
use crate::failure::Failure;

/// A line each. Forms that a shell evaluates take away what the set does not have; files cannot.
pub(super) fn spelled(variables: &Variables, format: ExportFormat) -> Result<String, Failure> {
    let mut text = String::new();
    // First, so that the last line is one that cannot fail: fish says so where there was nothing to take away.
    for name in &variables.unset {
        text.extend(removal(format, name).map(|line| line + "\n"));
    }
    for (name, value) in &variables.set {
        let value = value.expose();
        if !can_spell(format, value) {
            return Err(Failure::new(format!("the value of {name} cannot be written in this form"))
                .hint("take --format json, or `linklocal credentials exec`"));
        }
        let _ = writeln!(text, "{}", assignment(format, name, value));
    }
    Ok(if format == ExportFormat::Nushell { format!("{{\n{text}}}\n") } else { text })
}

fn assignment(format: ExportFormat, name: &str, value: &str) -> String {
    match format {
        ExportFormat::Env => format!("export {name}={}", single_quoted(value)),
        ExportFormat::EnvNoExport if is_plain(value) => format!("{name}={value}"),
        ExportFormat::EnvNoExport => format!("{name}={}", single_quoted(value)),
        ExportFormat::Fish => {
            format!("set -gx {name} '{}'", value.replace('\\', r"\\").replace('\'', r"\'"))
        }
        ExportFormat::Powershell => format!("$Env:{name} = '{}'", powershell(value)),
        ExportFormat::WindowsCmd => format!("set \"{name}={value}\""),
        // Strings of JSON are strings of NUON.
        ExportFormat::Nushell => format!("  {name}: {},", serde_json::Value::from(value)),
        ExportFormat::Dotenv | ExportFormat::Json | ExportFormat::Process => format!("{name}={value}"),
    }
}

fn removal(format: ExportFormat, name: &str) -> Option<String> {
    match format {
        ExportFormat::Env => Some(format!("unset {name}")),
        ExportFormat::Fish => Some(format!("set -e {name}")),
        ExportFormat::Powershell => Some(format!("$Env:{name} = $null")),
        ExportFormat::WindowsCmd => Some(format!("set \"{name}=\"")),
        ExportFormat::Nushell => Some(format!("  {name}: null,")),
        ExportFormat::EnvNoExport | ExportFormat::Dotenv | ExportFormat::Json | ExportFormat::Process => None,
    }
}

/// `cmd.exe` expands `%` and `!` within quotes and has no way to escape a quote; readers of .env files agree on letters alone,
/// and docker keeps quotes as part of the value.
///
/// A zero byte is in no variable of any system.
fn can_spell(format: ExportFormat, value: &str) -> bool {
    match format {
        _ if value.contains('\0') => false,
        ExportFormat::WindowsCmd => !value.contains(['%', '!', '"', '\r', '\n']),
        ExportFormat::Dotenv => is_plain(value),
        _ => true,
    }
}

/// Whether no reader of lines sees anything but letters in it.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/+=_-.:,@%".contains(&byte))
}

fn single_quoted(value: &str) -> String {
    format!("'{}'", value.replace('\'', r"'\''"))
}

/// PowerShell takes typographic quotes for plain ones; each is doubled.
fn powershell(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for c in value.chars() {
        text.push(c);
        if matches!(c, '\'' | '\u{2018}'..='\u{201b}') {
            text.push(c);
        }
    }
    text
}
