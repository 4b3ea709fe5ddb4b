// Which credentials and region the JavaScript SDK's default chain finds, with the profile of its first word: as JSON.
import { defaultProvider } from "@aws-sdk/credential-provider-node";
import { loadConfig, NODE_REGION_CONFIG_FILE_OPTIONS, NODE_REGION_CONFIG_OPTIONS } from "@smithy/core/config";

const profile = process.argv[2];
const seen = { akid: null, token: null, error: null, region: null };
try {
  const found = await defaultProvider(profile === undefined ? {} : { profile })();
  seen.akid = found.accessKeyId;
  seen.token = found.sessionToken ?? null;
} catch (error) {
  seen.error = String(error);
}
try {
  // A profile is named to the provider of credentials; a client has its region from elsewhere.
  seen.region = await loadConfig(NODE_REGION_CONFIG_OPTIONS, NODE_REGION_CONFIG_FILE_OPTIONS)();
} catch {
  // No region is what there is to see.
}
console.log(JSON.stringify(seen));
