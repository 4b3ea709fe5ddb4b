//! What is wrong with a pair of files, for whom, and how to mend it (facts/credentials.md section 9, item 4).
