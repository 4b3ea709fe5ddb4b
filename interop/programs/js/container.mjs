// What the JavaScript SDK finds in a container, given nothing: printed as JSON.
import { fromHttp } from "@aws-sdk/credential-provider-http";

const found = await fromHttp({ timeout: 1000, maxRetries: 0 })();
console.log(JSON.stringify({
  AccessKeyId: found.accessKeyId,
  SecretAccessKey: found.secretAccessKey,
  Token: found.sessionToken,
  Expiration: found.expiration.toISOString(),
}));
