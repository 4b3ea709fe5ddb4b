// What the JavaScript SDK's credential provider finds, given nothing: printed as JSON.
import { fromInstanceMetadata } from "@smithy/credential-provider-imds";

const found = await fromInstanceMetadata({ timeout: 1000, maxRetries: 0 })();
console.log(JSON.stringify({
  AccessKeyId: found.accessKeyId,
  SecretAccessKey: found.secretAccessKey,
  Token: found.sessionToken,
  Expiration: found.expiration.toISOString(),
}));
