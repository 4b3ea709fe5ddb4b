//! Tables of canonical forms.
