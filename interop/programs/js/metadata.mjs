// What the JavaScript SDK's metadata client reads, given nothing but paths: printed as JSON.
import { MetadataService } from "@aws-sdk/ec2-metadata-service";

const service = new MetadataService({});
const values = {};
for (const path of process.argv.slice(2)) {
  values[path] = await service.request(path, {});
}
console.log(JSON.stringify({ token: await service.fetchMetadataToken(), values }));
