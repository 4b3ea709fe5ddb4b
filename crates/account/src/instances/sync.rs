//! Declared instances meet what is stored: at start, and when the configuration is read again.
//!
//! What changed at run time is kept field by field (three-way: old declaration, current state, new declaration; fields
//! are those of `DescribeInstances`). Instances pass through in batches, so ten thousand of them never stand in memory
//! together.

use std::collections::HashSet;

use serde_json::{Map, Value};
use store::{Entry, Key, KeyRange, Outcome, Revision, Transaction};
use types::{Instance, InstanceId};

use super::record::{Record, declaration, json};
use super::{ATTEMPTS, BATCH, Changed, InstanceError, Instances, ROOT, Refusal};
use super::{check, instance_id, put, record_key, unlink};

/// What a declaration did to the account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncReport {
    pub created: Vec<InstanceId>,
    pub updated: Vec<InstanceId>,
    pub removed: Vec<InstanceId>,
    /// Instances whose declaration is as it was.
    pub unchanged: usize,
    /// Changes made at run time that win over the new declaration.
    pub kept: Vec<KeptFields>,
    pub revision: Revision,
}

/// Fields of an instance that stayed as they were changed at run time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFields {
    pub instance_id: InstanceId,
    /// In EC2's spelling, such as `MetadataOptions`.
    pub fields: Vec<String>,
}

/// What becomes of one declared instance.
struct Step {
    before: Option<Record>,
    after: Record,
    kept: Vec<String>,
}

impl SyncReport {
    pub fn changed(&self) -> Changed {
        let instances = [&self.created[..], &self.updated, &self.removed].concat();
        Changed { instances, revision: self.revision }
    }
}

impl Instances {
    /// Makes the declared instances be there, and those gone that were declared before. With nothing changed since the
    /// last time, nothing is written.
    ///
    /// On an error the batches before it are in place; the next call goes on from there.
    pub fn sync_declared(
        &self,
        declared: impl IntoIterator<Item = Instance>,
    ) -> Result<SyncReport, InstanceError> {
        let mut report = SyncReport { revision: self.store.revision()?, ..SyncReport::default() };
        let mut seen = HashSet::new();
        let mut declared = declared.into_iter();
        loop {
            let batch: Vec<Instance> = declared.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                break;
            }
            for instance in &batch {
                check::instance(instance)?;
                if !seen.insert(instance.instance_id.clone()) {
                    let message = format!("instance {} is declared twice", instance.instance_id);
                    return Err(Refusal::new("InvalidParameterValue", message)
                        .hint("declare it once")
                        .into());
                }
            }
            self.sync_batch(&batch, &mut report)?;
        }
        self.remove_undeclared(&seen, &mut report)?;
        Ok(report)
    }

    fn sync_batch(&self, batch: &[Instance], report: &mut SyncReport) -> Result<(), InstanceError> {
        for _ in 0..ATTEMPTS {
            let mut tried = report.clone_counts();
            let mut transaction = Transaction::new();
            for instance in batch {
                let id = &instance.instance_id;
                let found = self.store.get(&record_key(id))?;
                let Some(Step { before, after, kept }) = step(instance, found.as_ref())? else {
                    tried.unchanged += 1;
                    continue;
                };
                transaction = transaction.require_unchanged(record_key(id), found.as_ref());
                transaction = put(transaction, id, before.as_ref(), &after);
                tried.note(id, before.as_ref(), kept);
            }
            if transaction.is_empty() {
                report.join(tried);
                return Ok(());
            }
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                report.join(tried);
                report.revision = revision;
                return Ok(());
            }
        }
        Err(contended(batch))
    }

    fn remove_undeclared(
        &self,
        seen: &HashSet<InstanceId>,
        report: &mut SyncReport,
    ) -> Result<(), InstanceError> {
        let mut rest = Some(KeyRange::children(&Key::new(ROOT)));
        while let Some(range) = rest {
            let page = self.store.range(&range, BATCH)?;
            for entry in page.entries.iter().filter(|entry| declaration(&entry.value).is_some()) {
                let id = instance_id(&entry.key)?;
                if !seen.contains(&id) {
                    self.undeclare(&id, report)?;
                }
            }
            rest = page.rest;
        }
        Ok(())
    }

    /// A launched instance outlives its declaration; any other goes with it.
    fn undeclare(&self, id: &InstanceId, report: &mut SyncReport) -> Result<(), InstanceError> {
        let key = record_key(id);
        for _ in 0..ATTEMPTS {
            let Some(entry) = self.store.get(&key)? else { return Ok(()) };
            let before = Record::decode(id, &entry.value)?;
            let stays = before.launched && before.current.is_some();
            let gone = !stays && before.current.is_some();
            let transaction = Transaction::new().require_revision(key.clone(), entry.modified);
            let transaction = if stays {
                let after = Record { declared: None, ..before.clone() };
                put(transaction, id, Some(&before), &after)
            } else {
                unlink(transaction.delete(key.clone()), id, &before)
            };
            if let Outcome::Committed(revision) = self.store.commit(transaction)? {
                report.removed.extend(gone.then(|| id.clone()));
                report.revision = revision;
                return Ok(());
            }
        }
        Err(InstanceError::Contended(id.clone()))
    }
}

impl SyncReport {
    fn clone_counts(&self) -> Self {
        Self { revision: self.revision, ..Self::default() }
    }

    fn note(&mut self, id: &InstanceId, before: Option<&Record>, kept: Vec<String>) {
        let there = |instance: &Instance| !instance.life.is_terminated();
        let existed = before.is_some_and(|record| record.current.as_ref().is_some_and(there));
        if existed { &mut self.updated } else { &mut self.created }.push(id.clone());
        if !kept.is_empty() {
            self.kept.push(KeptFields { instance_id: id.clone(), fields: kept });
        }
    }

    fn join(&mut self, batch: Self) {
        self.created.extend(batch.created);
        self.updated.extend(batch.updated);
        self.unchanged += batch.unchanged;
        self.kept.extend(batch.kept);
    }
}

/// `None` where the declaration is as it was.
fn step(declared: &Instance, found: Option<&Entry>) -> Result<Option<Step>, InstanceError> {
    let new = json(declared);
    let Some(entry) = found else {
        let current = Some(declared.clone());
        let after = Record { declared: Some(new), current, launched: false, pending: None };
        return Ok(Some(Step { before: None, after, kept: Vec::new() }));
    };
    if declaration(&entry.value) == Some(&new) {
        return Ok(None);
    }
    let before = Record::decode(&declared.instance_id, &entry.value)?;
    let (current, kept) = merged(declared, &before)?;
    let after = Record { declared: Some(new), current: Some(current), ..before.clone() };
    Ok(Some(Step { before: Some(before), after, kept }))
}

/// The instance after a new declaration, and the fields in which it is not as declared.
fn merged(declared: &Instance, before: &Record) -> Result<(Instance, Vec<String>), InstanceError> {
    // What was terminated comes back as it is declared now.
    let there = before.current.as_ref().filter(|current| !current.life.is_terminated());
    let Some(current) = there else { return Ok((declared.clone(), Vec::new())) };
    let fields = |bytes: &[u8]| {
        serde_json::from_slice::<Map<String, Value>>(bytes)
            .map_err(|e| InstanceError::Record { id: declared.instance_id.clone(), source: e.into() })
    };
    // An instance that was launched and is declared only now has no old declaration: all its fields are its own.
    let old = fields(before.declared.as_deref().unwrap_or(b"{}"))?;
    let (mut current, new) = (fields(&json(current))?, fields(&json(declared))?);
    let own = current.clone();
    let mut kept = Vec::new();
    let names: HashSet<&String> = old.keys().chain(own.keys()).chain(new.keys()).collect();
    for name in names {
        if own.get(name) == old.get(name) {
            replace(&mut current, name, new.get(name));
        } else if own.get(name) != new.get(name) {
            kept.push(name.clone());
        }
    }
    // Tags and options may each be right and not fit together; then the run-time state of both stays.
    if !fits(&current) {
        for name in ["Tags", "MetadataOptions"] {
            replace(&mut current, name, own.get(name));
            kept.push(name.to_owned());
        }
    }
    kept.sort();
    kept.dedup();
    let instance = serde_json::from_value(Value::Object(current))
        .map_err(|e| InstanceError::Record { id: declared.instance_id.clone(), source: e.into() })?;
    Ok((instance, kept))
}

fn fits(fields: &Map<String, Value>) -> bool {
    serde_json::from_value(Value::Object(fields.clone())).is_ok_and(|merged| check::instance(&merged).is_ok())
}

fn replace(fields: &mut Map<String, Value>, name: &str, value: Option<&Value>) {
    match value {
        Some(value) => fields.insert(name.to_owned(), value.clone()),
        None => fields.remove(name),
    };
}

fn contended(batch: &[Instance]) -> InstanceError {
    let first = batch.first().expect("batches are not empty");
    InstanceError::Contended(first.instance_id.clone())
}
