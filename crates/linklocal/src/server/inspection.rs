//! What commands look at that no change is made to: instances in full, what the account prefers; and what scripts wrote.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use types::InstanceId;

use super::{PAGE, Server, blocking, view};
use crate::admin::{DescriptionPage, Refusal, Reply};

impl Server {
    pub(super) async fn descriptions(&self, after: Option<InstanceId>) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let (now, page) = (inventory.now(), inventory.instances.list(after.as_ref(), PAGE)?);
            let instances = page.instances.into_iter().map(|held| view::description(held, now)).collect();
            Ok(Reply::Descriptions(DescriptionPage { instances, next: page.next }))
        })
        .await
    }

    /// In the order of their regions.
    pub(super) fn metadata_defaults(&self) -> Reply {
        let directory = self.account.account().directory();
        Reply::MetadataDefaults(directory.metadata_defaults.iter().map(|held| (**held).clone()).collect())
    }

    pub(super) async fn write_console(
        &self,
        instance_id: InstanceId,
        output: String,
    ) -> Result<Reply, Refusal> {
        let inventory = self.inventory.clone();
        blocking(move || {
            let bytes = STANDARD
                .decode(output)
                .map_err(|_| Refusal::new("InvalidParameterValue", "the output is no Base64"))?;
            inventory.instances.write_console(&instance_id, &bytes, inventory.now())?;
            Ok(Reply::Written)
        })
        .await
    }
}
