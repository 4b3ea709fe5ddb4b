//! User data in three spellings: text, Base64, a file. What is in it is nobody's business, errors included.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use types::Instance;

use super::{Declaration, DeclarationError};

/// User data as text, at most 16 KiB. `Debug` shows its length alone: people put passwords there.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserDataText(String);

/// User data as Base64 text, as the EC2 API takes it; at most 16 KiB when decoded.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Base64Data(Vec<u8>);

/// What is wrong with user data, without showing any.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UserDataError {
    #[error("user data is {0} bytes; EC2 takes at most {max}", max = Instance::MAX_USER_DATA)]
    TooLong(usize),
    #[error("user data is not Base64 (RFC 4648 section 4, with padding)")]
    NotBase64,
}

impl Declaration {
    /// The path of the file that holds the user data, if it was not read yet.
    pub fn user_data_file(&self) -> Option<&str> {
        self.user_data_file.as_deref()
    }

    /// Puts what was read from [`Self::user_data_file`] in its place.
    pub fn set_user_data(&mut self, bytes: Vec<u8>) -> Result<(), UserDataError> {
        let data = Base64Data::checked(bytes)?;
        self.user_data_file = None;
        self.user_data_base64 = Some(data);
        Ok(())
    }

    pub(super) fn has_user_data(&self) -> bool {
        self.user_data.is_some() || self.user_data_base64.is_some() || self.user_data_file.is_some()
    }

    /// The user data declared: `None` if it is not mentioned, `Some(None)` if it is empty, which means there is none.
    pub(super) fn declared_user_data(&self) -> Result<Option<Option<Vec<u8>>>, DeclarationError> {
        let spelled =
            [self.user_data.is_some(), self.user_data_base64.is_some(), self.user_data_file.is_some()];
        if spelled.into_iter().filter(|s| *s).count() > 1 {
            return Err(DeclarationError::new(
                if self.user_data_base64.is_some() { "user-data-base64" } else { "user-data-file" },
                "user data is declared twice; keep one of user-data, user-data-base64 and user-data-file",
            ));
        }
        if self.user_data_file.is_some() {
            return Err(DeclarationError::new(
                "user-data-file",
                "a file can only be named where files are read",
            ));
        }
        let text = self.user_data.as_ref().map(|text| text.0.as_bytes().to_vec());
        let bytes = text.or_else(|| self.user_data_base64.as_ref().map(|data| data.0.clone()));
        Ok(bytes.map(|bytes| Some(bytes).filter(|bytes| !bytes.is_empty())))
    }
}

impl Base64Data {
    fn checked(bytes: Vec<u8>) -> Result<Self, UserDataError> {
        if bytes.len() > Instance::MAX_USER_DATA {
            return Err(UserDataError::TooLong(bytes.len()));
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for UserDataText {
    type Error = UserDataError;

    fn try_from(text: String) -> Result<Self, UserDataError> {
        if text.len() > Instance::MAX_USER_DATA {
            Err(UserDataError::TooLong(text.len()))
        } else {
            Ok(Self(text))
        }
    }
}

impl From<UserDataText> for String {
    fn from(text: UserDataText) -> Self {
        text.0
    }
}

impl TryFrom<String> for Base64Data {
    type Error = UserDataError;

    fn try_from(text: String) -> Result<Self, UserDataError> {
        // The AWS CLI writes lines; white space carries nothing.
        let body: String = text.split_ascii_whitespace().collect();
        Self::checked(STANDARD.decode(body).map_err(|_| UserDataError::NotBase64)?)
    }
}

impl From<Base64Data> for String {
    fn from(data: Base64Data) -> Self {
        STANDARD.encode(data.0)
    }
}

impl fmt::Debug for UserDataText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserDataText({} bytes)", self.0.len())
    }
}

impl fmt::Debug for Base64Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base64Data({} bytes)", self.0.len())
    }
}
