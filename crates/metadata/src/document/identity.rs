//! `dynamic/instance-identity/document` (facts/imds.md section 2.3): the bytes that are signed.

use types::Instance;

use super::object::Object;

/// The identity document. What is not there is `null`; `privateIp` is the primary interface's.
pub fn identity(instance: &Instance) -> String {
    let launch = &instance.launch;
    let address = instance.primary_interface().and_then(|i| i.primary_ipv4()).map(|ip| ip.to_string());
    Object::new()
        .string("accountId", &instance.account_id.to_string())
        .string("architecture", &instance.architecture)
        .string("availabilityZone", &instance.placement.availability_zone)
        .strings_or_null("billingProducts", &launch.billing_products)
        .strings_or_null("devpayProductCodes", &launch.devpay_product_codes)
        .strings_or_null("marketplaceProductCodes", &launch.product_codes)
        .string("imageId", &instance.image_id)
        .string("instanceId", instance.instance_id.as_str())
        .string("instanceType", &instance.instance_type)
        .string_or_null("kernelId", launch.kernel_id.as_deref())
        .string("pendingTime", &instance.launch_time.iso8601())
        .string_or_null("privateIp", address.as_deref())
        .string_or_null("ramdiskId", launch.ramdisk_id.as_deref())
        .string("region", instance.placement.region.as_str())
        .string("version", VERSION)
        .finish()
}

/// Of the document's form, not of the service.
const VERSION: &str = "2017-09-30";
