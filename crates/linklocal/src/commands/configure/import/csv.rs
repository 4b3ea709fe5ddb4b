//! The table that the AWS console hands out (RFC 4180, with the console's headings).
//!
//! Rule: rows are named by their line; no value of one is ever said.

use std::collections::HashMap;

use types::Secret;

/// What a file holds.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) rows: Vec<Row>,
    /// Why rows were left out.
    pub(super) skipped: Vec<CsvError>,
}

/// One user's key.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) user: String,
    pub(super) access_key_id: String,
    pub(super) secret_access_key: Secret<String>,
}

/// The text is no such table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum CsvError {
    #[error("it is empty; download the keys again, or name another file")]
    Empty,
    #[error("there is no column {0:?} in the first line; name the file that the AWS console made")]
    NoColumn(&'static str),
    #[error("there is no column \"User name\" in the first line; name the profile with --profile")]
    NoName,
    #[error("there is no row below the headings; download the keys again")]
    NoRows,
    #[error(
        "line {line} has nothing in column {column:?}; complete the row, or leave it out with --skip-invalid"
    )]
    NoValue { line: usize, column: &'static str },
    #[error("line {line}: {user:?} stands in line {first} already; take one of them out")]
    Twice { line: usize, first: usize, user: String },
    #[error("several rows and one name: --profile {0:?} can name one key only")]
    OneName(String),
    #[error(
        "line {line}: these are more than {MOST_ROWS} keys, and an account has no more users; split the file"
    )]
    TooMany { line: usize },
    #[error("line {line}: a quoted value does not end; close the quotes")]
    OpenQuote { line: usize },
}

/// Reads the table. `name` names the one row of a file without user names.
pub(super) fn read(text: &str, name: Option<&str>, skip_invalid: bool) -> Result<Table, CsvError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut lines =
        records(text)?.into_iter().filter(|(_, fields)| fields.iter().any(|field| !field.is_empty()));
    let (_, headings) = lines.next().ok_or(CsvError::Empty)?;
    let columns = Columns::find(&headings, name)?;
    let mut table = Table { rows: Vec::new(), skipped: Vec::new() };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (line, fields) in lines {
        let row = match columns.row(line, &fields) {
            Ok(row) => row,
            Err(error) if skip_invalid => {
                table.skipped.push(error);
                continue;
            }
            Err(error) => return Err(error),
        };
        if let Some(first) = seen.insert(row.user.clone(), line) {
            return Err(match columns.user {
                Name::Column(_) => CsvError::Twice { line, first, user: row.user },
                Name::Given(name) => CsvError::OneName(name.to_owned()),
            });
        }
        if table.rows.len() == MOST_ROWS {
            return Err(CsvError::TooMany { line });
        }
        table.rows.push(row);
    }
    match table.rows.is_empty() && table.skipped.is_empty() {
        true => Err(CsvError::NoRows),
        false => Ok(table),
    }
}

/// Which column is which.
struct Columns<'a> {
    user: Name<'a>,
    id: usize,
    secret: usize,
}

enum Name<'a> {
    Column(usize),
    Given(&'a str),
}

impl<'a> Columns<'a> {
    fn find(headings: &[String], name: Option<&'a str>) -> Result<Self, CsvError> {
        let at = |heading: &'static str| {
            headings
                .iter()
                .position(|found| found.eq_ignore_ascii_case(heading))
                .ok_or(CsvError::NoColumn(heading))
        };
        let user = match (at(USER), name) {
            (Ok(column), _) => Name::Column(column),
            (Err(_), Some(name)) => Name::Given(name),
            (Err(_), None) => return Err(CsvError::NoName),
        };
        Ok(Self { user, id: at(ID)?, secret: at(SECRET)? })
    }

    fn row(&self, line: usize, fields: &[String]) -> Result<Row, CsvError> {
        let field = |index: usize, column: &'static str| {
            let value = fields.get(index).filter(|value| !value.is_empty());
            value.cloned().ok_or(CsvError::NoValue { line, column })
        };
        let user = match self.user {
            Name::Column(index) => field(index, USER)?,
            Name::Given(name) => name.to_owned(),
        };
        let secret_access_key = Secret::new(field(self.secret, SECRET)?);
        Ok(Row { user, access_key_id: field(self.id, ID)?, secret_access_key })
    }
}

/// Records with the line on which each begins. Blanks around fields mean nothing.
fn records(text: &str) -> Result<Vec<(usize, Vec<String>)>, CsvError> {
    let mut records = Vec::new();
    let (mut fields, mut field, mut quoted) = (Vec::new(), String::new(), false);
    let (mut line, mut first) = (1, 1);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        line += usize::from(character == '\n');
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                field.push('"');
            }
            '"' if quoted || field.trim().is_empty() => quoted = !quoted,
            ',' if !quoted => fields.push(taken(&mut field)),
            '\r' | '\n' if !quoted => {
                fields.push(taken(&mut field));
                records.push((first, std::mem::take(&mut fields)));
                first = line + usize::from(character == '\r');
            }
            other => field.push(other),
        }
    }
    if quoted {
        return Err(CsvError::OpenQuote { line: first });
    }
    fields.push(taken(&mut field));
    records.push((first, fields));
    Ok(records)
}

fn taken(field: &mut String) -> String {
    std::mem::take(field).trim().to_owned()
}

/// IAM's quota of users in an account.
const MOST_ROWS: usize = 5_000;
const USER: &str = "User name";
const ID: &str = "Access key ID";
const SECRET: &str = "Secret access key";

#[cfg(test)]
mod tests {
    use super::*;

    fn users(text: &str, name: Option<&str>, skip: bool) -> Result<Vec<String>, CsvError> {
        let table = read(text, name, skip)?;
        let row = |row: &Row| format!("{}={}", row.user, row.access_key_id);
        Ok(table.rows.iter().map(row).collect())
    }

    #[test]
    fn tables_of_the_console() {
        let cases = [
            "User name,Password,Access key ID,Secret access key,Console login link\nu,p,AKIDU,s,https://x\n",
            "\u{feff}User Name,Access Key ID,Secret Access key\r\nu,AKIDU,s\r\n",
            "  user name , access key id , secret access key \n u , AKIDU , s ",
            "\"User name\",\"Access key ID\",\"Secret access key\"\n\n\"u\",\"AKIDU\",\"s,\"\"x\"\n",
        ];
        for text in cases {
            assert_eq!(users(text, None, false), Ok(vec!["u=AKIDU".to_owned()]), "{text}");
        }
        let root = "Access key ID,Secret access key\nAKIDU,s\n";
        assert_eq!(users(root, Some("root"), false), Ok(vec!["root=AKIDU".to_owned()]));
    }

    #[test]
    fn more_rows_than_an_account_has_users_are_refused() {
        let row = |number: usize| format!("u{number},AKID,s\n");
        let table = |count: usize| {
            format!("User name,Access key ID,Secret access key\n{}", (0..count).map(row).collect::<String>())
        };
        assert_eq!(users(&table(MOST_ROWS), None, false).map(|users| users.len()), Ok(MOST_ROWS));
        assert_eq!(users(&table(MOST_ROWS + 1), None, false), Err(CsvError::TooMany { line: MOST_ROWS + 2 }));
    }

    #[test]
    fn whatever_is_wrong_is_named_by_line_and_column() {
        let head = "User name,Access key ID,Secret access key\n";
        let cases = [
            ("", CsvError::Empty),
            ("\n \n", CsvError::Empty),
            (head, CsvError::NoRows),
            ("User name,Access key ID\nu,i", CsvError::NoColumn("Secret access key")),
            ("Access key ID,Secret access key\ni,s", CsvError::NoName),
            (
                "User name,Access key ID,Secret access key\nu,,s",
                CsvError::NoValue { line: 2, column: "Access key ID" },
            ),
            (
                "User name,Access key ID,Secret access key\nu,i,s\n\nu,j,t",
                CsvError::Twice { line: 4, first: 2, user: "u".to_owned() },
            ),
            ("User name,Access key ID,Secret access key\nu,\"i,s", CsvError::OpenQuote { line: 2 }),
        ];
        for (text, expected) in cases {
            assert_eq!(users(text, None, false), Err(expected), "{text:?}");
        }
        let text = format!("{head}u,,s\nv,j,t\n");
        assert_eq!(users(&text, None, true), Ok(vec!["v=j".to_owned()]));
        assert_eq!(
            users("Access key ID,Secret access key\ni,s\nj,t", Some("p"), false),
            Err(CsvError::OneName("p".to_owned()))
        );
    }
}
