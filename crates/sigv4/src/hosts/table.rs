//! Hosts of AWS as endpoint data names them. Made by `cargo xtask hosts`; not to be edited.
//!
//! Source: botocore 0e6e2404, `data/endpoints.json` and the service models (Apache License 2.0, Amazon.com, Inc. or its affiliates).
//! Lines are sorted by their first word, for searching; those of regions are not.

/// Regions in the order of the bits.
pub(super) const REGIONS: &str = "\
af-south-1
ap-east-1
ap-east-2
ap-northeast-1
ap-northeast-2
ap-northeast-3
ap-south-1
ap-south-2
ap-southeast-1
ap-southeast-2
ap-southeast-3
ap-southeast-4
ap-southeast-5
ap-southeast-6
ap-southeast-7
ca-central-1
ca-west-1
eu-central-1
eu-central-2
eu-north-1
eu-south-1
eu-south-2
eu-west-1
eu-west-2
eu-west-3
il-central-1
me-central-1
me-south-1
mx-central-1
sa-east-1
us-east-1
us-east-2
us-west-1
us-west-2
cn-north-1
cn-northwest-1
us-gov-east-1
us-gov-west-1
us-iso-east-1
us-iso-west-1
us-isob-east-1
us-isob-west-1
eu-isoe-west-1
us-isof-east-1
us-isof-south-1
eusc-de-east-1";

/// Prefix, signing name (`=` for the same), and in hexadecimal the regions in which it is known to have hosts: under the
/// partition's suffix, then under that for dual stack.
pub(super) const PREFIXES: &str = "\
a2i-runtime.sagemaker sagemaker 0
access-analyzer = 3c3fffffffff 3fffffdffb
access-analyzer-fips access-analyzer 3c0018000 3c0018000
account = 840000000
acm = 3fffffffffff
acm-fips acm 3c0018000
acm-pca = 3cffffffffff
acm-pca-fips acm-pca 3c0018000
aco-automation = 0
admin.wickr wickr 0
agent-registry = 0
agent-registry-control agent-registry 0
agreement-marketplace aws-marketplace 314040000000 40000000
agreement-marketplace-fips aws-marketplace 4000000000
aidevops = 0
aiops = 0
airflow = fefffdffb
airflow-serverless = 0
amplify = 3e9da837a
amplifybackend = 3e9da8378
amplifyuibuilder = 3e9da8378
aos es 0 3fffffdffb
aoss = 33e1fe83fa
api-fips.sagemaker sagemaker 33ffffffff
api.detective detective 33ebda835b
api.detective-fips detective 33c0008000
api.ecr ecr 3fffffffffff
api.ecr-public ecr-public 240000000
api.iot-tunneling IoTSecuredTunneling 0 3feffa935a
api.iot-tunneling-fips IoTSecuredTunneling 0 3feffa935a
api.iotdeviceadvisor iotdeviceadvisor 240400008
api.iotmanagedintegrations iotmanagedintegrations 0
api.iottwinmaker iottwinmaker 2640420358
api.iottwinmaker-fips iottwinmaker 2240000000
api.iotwireless iotwireless 260420208
api.mediatailor mediatailor 2e5ca9bf9
api.pricing pricing 354840020040
api.sagemaker sagemaker 3d7fffffffff
api.tunneling.iot IoTSecuredTunneling 3feffa935a
api.tunneling.iot-fips IoTSecuredTunneling 3feffa935a
apigateway = 25ffffffffff
apigateway-fips apigateway 3c0018000
app-integrations = 240828319
appconfig = 3fffffffffff
appconfigdata appconfig 3fffffffffff
appfabric = 0
appflow = 3e1c28359
appflow-fips appflow 3c0000000
application-autoscaling = 3fffffffffff
application-cost-profiler = 0
application-signals = 0
applicationinsights = 3fefff8ffb 3fefff8ffb
applicationinsights-fips applicationinsights 33c0018000 33c0018000
appmesh = febfe877b febfe877b
appmesh-fips appmesh 3c0008000 3c0008000
apprunner = 2c1c20348
apprunner-fips apprunner 2c0000000
appstream2 appstream 1f2e3f29358
appstream2-fips appstream 3240000000
appsync = fefffdffb feffe8ffb
aps = 33ffffffff 2e1ca0358
aps-fips aps 2c0000000 2c0000000
arc-region-switch = 0
arc-zonal-shift = 3fffffffffff
artifact = 0
athena = 3d7fffffffff 3fefff9ffb
athena-fips athena 33c0018000 33c0018000
auditmanager = 3c0c28348
auditmanager-fips auditmanager 3c0000000
autoscaling = 3fffffffffff
autoscaling-fips autoscaling 3c0018000
autoscaling-plans = 3fe9da877b
b2bi = 0
backup = 3bffffffffff
backup-gateway = 33e9da837b
backup-search = 0
batch = 3fffffffffff
bcm-dashboards = 0
bcm-data-exports = 0
bcm-pricing-calculator = 0
bcm-recommended-actions = 0
bedrock = 3973fffffffd
bedrock-agent bedrock 0
bedrock-agent-runtime bedrock 0
bedrock-agentcore = 0
bedrock-agentcore-control bedrock-agentcore 0
bedrock-data-automation bedrock 0
bedrock-data-automation-runtime bedrock 0
bedrock-fips bedrock 32c0008000
bedrock-runtime bedrock 72e1fe83f8
bedrock-runtime-fips bedrock 32c0008000
billing = 0
billingconductor = 40000000
braket = 340880000 340880000
budgets = 0
cases = 240828319
cases-fips cases 240000000
cassandra = 3fedcbd35b
cassandra-fips cassandra 240000000
cassandra-streams cassandra 0
catalog.marketplace aws-marketplace 40000000
ce = 114840000000
chatbot = 0
chime = 40000000
cleanrooms = 2c0ca0318 2c0ca0318
cleanrooms-fips cleanrooms 2c0000000 2c0000000
cleanrooms-ml = 0
cloud9 = 3ebda837b 3ebda837b
cloud9-fips cloud9 3c0008000 3c0008000
cloudcontrolapi = 3fffffffffff 3fffffdffb
cloudcontrolapi-fips cloudcontrolapi 33c0018000 33c0018000
clouddirectory = 22c0c28300
cloudformation = 3fffffffffff
cloudformation-fips cloudformation 3c0000000
cloudfront = 800000000
cloudfront-keyvaluestore = 0
cloudhsm = 2040000000
cloudhsmv2 cloudhsm 33fffff7fb 33efde87fb
cloudsearch = 360420318
cloudsearchdomain cloudsearch 0
cloudtrail = 3fffffffffff
cloudtrail-data = 1c03edda877b
cloudtrail-fips cloudtrail 1c3c0000000
cn.transcribe transcribe c00000000
codeartifact = 2c1da0348
codebuild = 19ffeffefffb
codebuild-fips codebuild 33c0000000
codecatalyst = 0
codecommit = 3fefda87fb
codecommit-fips codecommit 33c0008000
codeconnections = 0
codedeploy = 3fffffffffff
codedeploy-fips codedeploy 33c0000000
codeguru-profiler = 2c0ca0308
codeguru-reviewer = 2c0ca0308
codeguru-security = 0
codepipeline = 183feffebffb
codepipeline-fips codepipeline 33c0008000
codestar-connections = 13e1da8358
codestar-notifications = 3e9ca835a
cognito-identity = 2037ffffffff
cognito-identity-fips cognito-identity 23c0000000
cognito-idp = 2033ffffffff
cognito-idp-fips cognito-idp 23c0000000
cognito-sync = 2c0c20358
comprehend = 1862c0c28358 22c0c28358
comprehend-fips comprehend 62c0008000 22c0008000
comprehendmedical = 22c0c08200
comprehendmedical-fips comprehendmedical 22c0008000
compute-optimizer = 3d4feffe8ffb
compute-optimizer-fips compute-optimizer 3000000000
config = 3fffffffffff
config-fips config 1c3c0000000
connect = 2240828319
connect-campaigns = 240828319
connect-campaigns-fips connect-campaigns 240000000
connect-fips connect 240008000
contact-lens connect 240828358
controlcatalog = 0
controlplane.payment-cryptography payment-cryptography 0
controltower = 2033ffffffff
controltower-fips controltower 33c0018000
cost-optimization-hub = 354040000000
cur = 840000000
data-ats.iot iotdata 3beffa935a
data-signer signer 0
data.ats.iot iotdata 400000000
data.iot iotdata 3fe9ca835a
data.iot-fips iotdata 33c0008000
data.iottwinmaker iottwinmaker 2640420358
data.iottwinmaker-fips iottwinmaker 2240000000
data.jobs.iot iot-jobs-data 3fedea935a
data.jobs.iot-fips iot-jobs-data 33c0008000
data.mediastore mediastore 240ca0218
data.qapps qapps 0
databrew = 2fe1da835b
databrew-fips databrew 3c0000000
dataexchange = 3c0c20318
datapipeline = 4240400208
dataplane.payment-cryptography payment-cryptography 0
datasync = 23ffffffffff 3fffffdffb
datasync-fips datasync f3c0018000 33c0018000
datazone = 200000242007 3fffdbdff8
datazone-fips datazone 2c0008000 3fffffffff
dax = fe1ea0348
deadline = 0
deployment-marketplace aws-marketplace 0
detective = 0 33ebda835b
detective-fips detective 0 33c0008000
devicefarm = 200000000
devops-guru = 3e1ca8358
devops-guru-fips devops-guru 3c0008000
directconnect = 3fffffffffff
directconnect-fips directconnect 33c0018000
discovery = 240c20208
discovery-marketplace aws-marketplace 0
dlm = 3fffffffffff 3fffffdffb
dlm-fips dlm 0 33c0018000
dms = 3fffffffffff
dms-fips dms 3c0000000
docdb-elastic = 0
drs = 2033ffffffff
drs-fips drs 33c0000000
ds = 3dffffffdffb
ds-data = 0
ds-fips ds 1f3c0018000
dsql = 0
dynamodb = 3fffffffffff
dynamodb-fips dynamodb 33c0018000
ebs = 3fffffffffff
ebs-fips ebs 3c0018000
ec2 = 3fffffffffff 33e9da835b
ec2-fips ec2 3c0018000
ec2-instance-connect = 0
ecr = 0 3fffffdffb
ecr-fips ecr 33ffffffff 33c0000000
ecr-public = 0 40000000
ecs = 3fffffffffff
ecs-fips ecs 33c0000000
edge.sagemaker sagemaker 2c0420008
eks = 3fffffffffff
eks-auth = 200000002004 3fffffdffb
eks-auth-fips eks-auth 0 3fffffffff
elasticache = 3fffffffffff
elasticache-fips elasticache 3c0000000
elasticbeanstalk = 3feffffffb 3febda877b
elasticbeanstalk-fips elasticbeanstalk 3c0000000 3c0000000
elasticfilesystem = 3fffffffffff
elasticfilesystem-fips elasticfilesystem 1dffffffdffb
elasticloadbalancing = 3fffffffffff
elasticloadbalancing-fips elasticloadbalancing 3c0000000
elasticmapreduce = 3fffffffffff 3c80000000
elasticmapreduce-fips elasticmapreduce 3c0018000
elemental-inference = 0
email ses 2033efdf97f9
email-fips ses 33c0008000
emr-containers = 3feffe87fb
emr-containers-fips emr-containers 3c0008000
emr-serverless = 257fffffffff
emr-serverless-fips emr-serverless 3c0008000
entitlement-marketplace aws-marketplace 800000000 840000000
entitlement.marketplace aws-marketplace 200040000000
entityresolution = 0
es = 3fffffffffff
es-fips es 33c0000000
events = 3fffffffffff fffffdffb
events-fips events 3c0000000 3c0000000
evs = 0
execute-api = 0
featurestore-runtime.sagemaker sagemaker 0
finspace = 2c0c28308
finspace-api = 2c0408000
fips.batch batch 3ffffffff
fips.eks eks 3ffffffff
fips.transcribe transcribe 73e9ce835b
firehose = 3fffffffffff fffffcffb
firehose-fips firehose 33c0000000 3c0000000
fis = 0
fms = 3fffffffff
fms-fips fms 33e9d3835b
forecast = 2c0420358
forecast-fips forecast 2c0000000
forecastquery forecast 2c0420358
forecastquery-fips forecast 2c0000000
frauddetector = 2c0400300
freetier = 0
fsx = 39ffffffffff
fsx-fips fsx 73c0018000
gamelift = fe9dad37b
gameliftstreams = 200000002004 3fffffdffb
gameliftstreams-fips gameliftstreams 0 3fffffffff
geo = 22e0ea9348
geo-fips geo 2000000000
geo-maps = 0
geo-places = 0
geo-routes = 0
glacier = 1ffe9da877b
glacier-fips glacier 1c3c0008000
globalaccelerator = 3ffffffff
globalaccelerator-fips globalaccelerator 200000000
glue = 3d7fffffffff 3fffffdffb
glue-fips glue 33c0000000 33c0000000
grafana = 32c0c20318
greengrass = 36c0e29358
greengrass-ats.iot greengrass 3000000000
greengrass-fips greengrass 2c0008000
groundstation = 2e84a0311 2e84a0311
groundstation-fips groundstation 2c0000000 2c0000000
guardduty = 39ffffffffff
guardduty-fips guardduty 3c0010000
health = 356080000000
health-agent = 0
health-fips health 2080000000
healthlake = 2c0c08240
iam = 114400000000
identity-chime chime 40020000
identity-chime-fips chime 40000000
identitystore = 283fffffffff
imagebuilder = 0
importexport = 0
ingest.timestream timestream 22c0420248
ingest.timestream-fips timestream 2c0000000
inspector = 33c0ca0258
inspector-fips inspector 33c0000000
inspector-scan = 0
inspector2 = 3fffffdfff
inspector2-fips inspector2 33c0000000
interconnect = 0
internetmonitor = 200000002004 3fffffdffb
internetmonitor-fips internetmonitor 3c0008000 3fffffffff
invoicing = 0
iot = 3feffa935a
iot-fips iot 33c0008000
iotfleetwise = 40020040 40020040
iotsecuredtunneling = 3fe9ca835a
iotsitewise = 26c0428358
iotsitewise-fips iotsitewise 22c0008000
iotthingsgraph = 240400218
iottwinmaker = 2640420358
iottwinmaker-fips iottwinmaker 2240000000
ivs = 240420058
ivschat = 240420058
ivsrealtime ivs 240420058
job-runtime.sagemaker sagemaker 0
kafka = 203fffffffff
kafka-fips kafka 3c0018000
kafkaconnect = 3fffffffff
kendra = 22c0c08348
kendra-fips kendra 22c0008000
kendra-ranking = 200000002004 3fff7ddffb
kendra-ranking-fips kendra-ranking 0 3fff7dffff
kinesis = 3fffffffffff
kinesis-fips kinesis 3c0000000
kinesisanalytics = 217fffffffff
kinesisanalytics-fips kinesisanalytics 33c0018000
kinesisvideo = 46ebe2935b
kinesisvideo-fips kinesisvideo 3000000000
kms = 3fffffffffff
kms-fips kms 1df3ffffdffb
lakeformation = 3d7fffffffff 3fffffdffb
lakeformation-fips lakeformation 33c0000000 33c0000000
lambda = 3fffffffffff 3fffffdffb
lambda-fips lambda 33c0000000
launchwizard = 0
license-manager = 3dffffffffff
license-manager-fips license-manager 33c0000000
license-manager-linux-subscriptions = 3fffffffff
license-manager-linux-subscriptions-fips license-manager-linux-subscriptions 3c0000000
license-manager-user-subscriptions = 33ffffdfff
license-manager-user-subscriptions-fips license-manager-user-subscriptions 3c0000000
lightsail = 2e1ea975a
logs = 3fffffffffff 3fefff8ffb
logs-fips logs 3c0018000
lookoutequipment = 40400010
m2 = 33e3fa8379
m2-fips m2 33c0008000
machinelearning = 40400000
macie2 = 3ebda837b 3ebda837b
macie2-fips macie2 3c0000000 3c0000000
mail-manager ses 0
managedblockchain = 2040c00118
managedblockchain-query = 40000000
marketplacecommerceanalytics = 40000000
media-pipelines-chime chime 240828358
media-pipelines-chime-fips chime 240000000
mediaconnect = 3e5ca9bfb
mediaconvert = 2be5ca9b79 2be5ca8b79
mediaconvert-fips mediaconvert 3c0008000 3c0008000
medialive = 142e5ca9bf8
medialive-fips medialive 142c0000000
mediapackage = 143e1ca8b78
mediapackage-vod = 3e5ca8bf8
mediapackagev2 = 3e5ca9bf8
mediapackagev2-fips mediapackagev2 3c0008000
mediastore = 240ca0218
medical-imaging = 0
meetings-chime chime 3242828359
meetings-chime-fips chime 3240008000
memory-db memorydb 3fe1fa835a
memory-db-fips memorydb 100000000
messaging-chime chime 40020000
messaging-chime-fips chime 40000000
metering-marketplace aws-marketplace 0 33effe8ffb
metering.marketplace aws-marketplace 213beffe8ffb
metrics-fips.sagemaker sagemaker 3c0018000
metrics.sagemaker sagemaker 3d7fffffffff
mgh = 240c20208
mgn = 33ffffffff
mgn-fips mgn 33c0000000
migrationhub-config mgh 0
migrationhub-orchestrator = 240c20208
migrationhub-strategy = 240c20208
mobileanalytics = 40000000
models-fips.lex lex 2240c20308
models-v2-lex lex 2240c28319
models.lex lex 2240c20308
monitoring = 3fffffffffff
monitoring-fips monitoring 3c0000000
mpa = 0
mq = 207fffffffff
mq-fips mq 33c0000000
mturk-requester = 40000000
mturk-requester-sandbox mturk-requester 40000000
neptune-db = 0
neptune-graph = 0
network-firewall = 217fffffffff
network-firewall-fips network-firewall 33c0008000
networkflowmonitor = 0
networkmanager = 2200000000 2200000000
networkmanager-fips networkmanager 200000000 200000000
networkmonitor = 0
notifications = 200000002004 3fffffdffb
notifications-contacts = 0 40000000
notifications-fips notifications 0 3fffffffff
nova-act = 40000000
oam = 3fffffffffff
observabilityadmin = 0
odb = 0
oidc sso-oauth 203fffffffff
omics = 2c2c20118
omics-fips omics 240000000
organizations = 156840000000
organizations-fips organizations 40000000
osis = 3e0ea8358
outposts = 173fffa877b
outposts-fips outposts 3c0008000
participant.connect execute-api 2240828319
participant.connect-fips execute-api 240000000
partnercentral-account = 0
partnercentral-benefits = 0
partnercentral-channel = 40000000
partnercentral-prm partnercentral 0
partnercentral-selling = 0
pca-connector-ad = 0
pca-connector-scep = 0
pcs = 0
personalize = 6c0428358
personalize-events personalize 0
personalize-runtime personalize 0
pi = 3fffffffffff 3fffffdffb
pi-fips pi 33c0018000 33c0018000
pinpoint mobiletargeting 22c0c28358
pinpoint-fips mobiletargeting 22c0008000
pipes = 1c0fedfe87fb
polly = 202be9eed37b 2be9ea937b
polly-fips polly 23c0008000 23c0008000
portal.sso awsssoportal 203fffffffff
pricingplanmanager = 0
profile = 240828319
profile-fips profile 240008000
proton = 2c0c28318
qbusiness = 200000002004 3fffffdffb
qbusiness-fips qbusiness 0 3fffffffff
query.timestream timestream 22c0420248
quicksight = 1836e7fe9759
ram = 3fffffffffff 3fffffdffb
ram-fips ram 3c0018000 3c0018000
rbin = 3fffffffffff 3fefff9ffb
rbin-fips rbin 1f3c0018000 33c0018000
rds = 3fffffffffff
rds-data = 3c1c28358
rds-data-fips rds-data 3c0000000
rds-fips rds 3c0018000
rds.rds rds 3000000000
redshift = 3fffffffffff
redshift-data = 0
redshift-fips redshift 3c0018000
redshift-serverless = 3c3ff7ffffff
redshift-serverless-fips redshift-serverless 33c0008000
refactor-spaces = 0
rekognition = 1c23e2e2d358 23c2e28358
rekognition-fips rekognition 23c0008000 23c0008000
reporting-marketplace aws-marketplace 0
repostspace = 0
resiliencehub = 33e9da835b 33e9da835b
resiliencehub-fips resiliencehub 3000000000 3000000000
resource-explorer-2 = 3fffffffff
resource-explorer-2-fips resource-explorer-2 3c0018000 3c0018000
resource-groups = 3fffffffffff
resource-groups-fips resource-groups 3c0000000
rolesanywhere = 3c3fffffffff
rolesanywhere-fips rolesanywhere 33c0000000
route53 = 0
route53-recovery-cluster = 0
route53-recovery-control-config = 200000000
route53-recovery-readiness = 0
route53domains = 40000000
route53globalresolver = 0
route53profiles = 3c3fffffffff 33efff8ffb
route53profiles-fips route53profiles 0 33c0018000
route53resolver = 3fffffffffff 3fffffdffb
route53resolver-fips route53resolver 3c0018000 3c0018000
rtbfabric = 0
rum = 2033ffffdffb
runtime-fips.lex lex 2240c20308
runtime-fips.sagemaker sagemaker 3ffffffff
runtime-v2-lex lex 2240c28319
runtime.lex lex 2240c20308
runtime.sagemaker sagemaker 397fffffffff
s3 = 3fffffffffff
s3-control s3 21ffefff8ffb
s3-control-fips s3 1f3c0018000
s3-control-fips.dualstack s3 1f3efff8ffb
s3-control.dualstack s3 1ffefff8ffb
s3-fips s3 1f3c0018000
s3-fips.dualstack s3 1f3ffffffff
s3-outposts = 173ebda877b 33ebda877b
s3-outposts-fips s3-outposts 173c0008000 33c0008000
s3.dualstack s3 3fffffffff
s3files = 0
s3tables = 0
s3vectors = 0
sagemaker-geospatial = 200000000
savingsplans = c00000000
scheduler = 3fffffffffff
schemas = 1c3fedfe877b
scn = 0
sdb = 320400308
secretsmanager = 3fffffffffff 3fffffdffb
secretsmanager-fips secretsmanager 1f3c0018000 33c0018000
security-ir = 0
securityagent = 0
securityhub = 3bffffffffff 33ffffdffb
securityhub-fips securityhub 33c0000000
securitylake = 33e1ca8378 3000000000
securitylake-fips securitylake 3c0000000 3c0000000
serverlessrepo = 3fe9ca835a
serverlessrepo-fips serverlessrepo 3c0008000
servicecatalog = 43fefffaffb
servicecatalog-appregistry servicecatalog 33efff8ffb
servicecatalog-appregistry-fips servicecatalog 3c0008000
servicecatalog-fips servicecatalog 33c0000000
servicediscovery = 3fffffffffff 3fffffdffb
servicediscovery-fips servicediscovery 33c0018000 33c0018000
servicequotas = 3fffffffffff
shield = 40000000
shield-fips shield 40000000
signer = 203fe9da835b
signer-fips signer 33c0000000
signin = 0
sms-voice = 2033ffffaffd 33efff8ff9
sms-voice-fips sms-voice 33c0018000 33c0018000
sms-voice.pinpoint sms-voice 0
snow-device-management = 0
snowball = 1ffe7da877b 33e7da877b
snowball-fips snowball 3fe7da877b 33e7da877b
sns = 3fffffffffff fffffdffb
sns-fips sns 3c0010000
social-messaging = 0
sqs = 3fffffffffff fffffdffb
sqs-fips sqs 3c0018000
ssm = 3fffffffffff
ssm-contacts = 3e1ca8358
ssm-contacts-fips ssm-contacts 3c0000000
ssm-fips ssm 3c0018000
ssm-guiconnect = 0
ssm-incidents = 3e1ca8358 3e1ca8358
ssm-incidents-fips ssm-incidents 3c0008000 3c0008000
ssm-quicksetup = 3e1ca8358
ssm-quicksetup-fips ssm-quicksetup 3c0008000
ssm-sap = 3effe8ffb 3effe8ffb
ssm-sap-fips ssm-sap 3c0008000 3c0008000
sso = 203fffffffff
states = 3fffffffffff c00000000
states-fips states 1d3c0018000
storagegateway = 23ffffffffff
storagegateway-fips storagegateway 133c0018000
streams.dynamodb dynamodb 3fffffffffff
sts = 3fffffffffff
sts-fips sts 3c0000000
support = 16440000000
supportapp = 240400000
supportauthz = 0
sustainability = 0
swf = 3fffffffffff
swf-fips swf 1c3c0018000
synthetics = 3fffffffffff 3fffffdffb
synthetics-fips synthetics 33c0018000 33c0018000
tagging = 3fffffffffff
tax = 40000000
textract = 1873c1e28350 33c1e28350
textract-fips textract 33c0008000 33c0008000
thinclient = 240c28040
timestream-influxdb = 0
tnb = 2612a8210
transcribe = 1873e9ce835b 3fe9ca835b
transcribe-fips transcribe 0 33c0008000
transcribestreaming transcribe 187ef0c6d359 3ee0c28359
transcribestreaming-fips transcribe 32c0008000 32c0008000
transfer = 203fffffffff
transfer-fips transfer 33c0018000
translate = 1863c1ca835a 23c1ca835a
translate-fips translate 63c0000000 23c0000000
trustedadvisor = 3402c0400210
trustedadvisor-fips trustedadvisor 0 2c0000000
uxc = 0
verification.signer signer 3fe9da835b
verification.signer-fips signer 33c0000000
verifiedpermissions = 3fffffffff
verifiedpermissions-fips verifiedpermissions 33c0018000
voice-chime chime 240c28318
voice-chime-fips chime 240008000
voiceid = 240828308
voiceid-fips voiceid 240008000
vpc-lattice = 3fdff9ffb
waf = 0
waf-regional = 3feffe8ffb
waf-regional-fips waf-regional 3feffe8ffb
wafv2 = 217fffffffff
wafv2-fips wafv2 3fffffdffb
wellarchitected = 33e9ca835a
wisdom = 240828319
wisdom-fips wisdom 240008000
workdocs = 240400308
workdocs-fips workdocs 240000000
workmail = 240400000
workmailmessageflow = 0
workspaces = 1fae3c29359
workspaces-fips workspaces 1f240000000
workspaces-instances = 0
workspaces-web = 240c28348
workspaces-web-fips workspaces-web 240000000
xray = 3fffffffffff
xray-fips xray 33c0000000";

/// Hosts of another form: host, signing name, region.
pub(super) const HOSTS: &str = "\
access-analyzer.eu-isoe-west-1.api.cloud-aws.adc-e.uk access-analyzer eu-isoe-west-1
access-analyzer.us-isof-east-1.api.aws.hci.ic.gov access-analyzer us-isof-east-1
access-analyzer.us-isof-south-1.api.aws.hci.ic.gov access-analyzer us-isof-south-1
budgets.amazonaws.com budgets us-east-1
budgets.amazonaws.com.cn budgets cn-northwest-1
budgets.c2s.ic.gov budgets us-iso-east-1
budgets.global.cloud.adc-e.uk budgets eu-isoe-west-1
budgets.global.csp.hci.ic.gov budgets us-isof-south-1
budgets.global.sc2s.sgov.gov budgets us-isob-east-1
cloudfront.amazonaws.com cloudfront us-east-1
codecatalyst.global.api.aws codecatalyst aws-global
global.health.amazonaws.com health us-east-1
global.health.amazonaws.com.cn health cn-northwest-1
global.health.us-gov.amazonaws.com health us-gov-west-1
iam-fips.amazonaws.com iam us-east-1
iam.amazonaws.com iam us-east-1
iam.global.api.aws iam us-east-1
iam.us-gov.amazonaws.com iam us-gov-west-1
importexport.amazonaws.com IngestionService us-east-1
lambda.eu-isoe-west-1.api.cloud-aws.adc-e.uk lambda eu-isoe-west-1
lambda.us-isof-east-1.api.aws.hci.ic.gov lambda us-isof-east-1
lambda.us-isof-south-1.api.aws.hci.ic.gov lambda us-isof-south-1
ramus-gov-east-1.api.aws ram us-gov-east-1
ramus-gov-west-1.api.aws ram us-gov-west-1
route53-fips.amazonaws.com route53 us-east-1
route53.amazonaws.com route53 us-east-1
route53.amazonaws.com.cn route53 cn-northwest-1
route53.c2s.ic.gov route53 us-iso-east-1
route53.cloud.adc-e.uk route53 eu-isoe-west-1
route53.csp.hci.ic.gov route53 us-isof-south-1
route53.sc2s.sgov.gov route53 us-isob-east-1
route53.us-gov.amazonaws.com route53 us-gov-west-1
s3-external-1.amazonaws.com s3 us-east-1
s3-fips.dualstack.aws-global.amazonaws.com s3 us-east-1
s3-fips.dualstack.s3-external-1.amazonaws.com s3 us-east-1
s3.amazonaws.com s3 us-east-1
s3.dualstack.aws-global.amazonaws.com s3 us-east-1
s3.dualstack.s3-external-1.amazonaws.com s3 us-east-1
savingsplans.amazonaws.com savingsplans us-east-1
savingsplans.cloud.adc-e.uk savingsplans eu-isoe-west-1
savingsplans.csp.hci.ic.gov savingsplans us-isof-south-1
sdb.amazonaws.com sdb us-east-1
sts.amazonaws.com sts us-east-1
waf-fips.amazonaws.com waf us-east-1
waf.amazonaws.com waf us-east-1";

/// What else the data says of a host: host, signing name, region.
pub(super) const OTHERS: &str = "\
api.tunneling.iot-fips.ap-east-1.amazonaws.com iotsecuredtunneling ap-east-1
api.tunneling.iot-fips.ap-northeast-1.amazonaws.com iotsecuredtunneling ap-northeast-1
api.tunneling.iot-fips.ap-northeast-2.amazonaws.com iotsecuredtunneling ap-northeast-2
api.tunneling.iot-fips.ap-south-1.amazonaws.com iotsecuredtunneling ap-south-1
api.tunneling.iot-fips.ap-southeast-1.amazonaws.com iotsecuredtunneling ap-southeast-1
api.tunneling.iot-fips.ap-southeast-2.amazonaws.com iotsecuredtunneling ap-southeast-2
api.tunneling.iot-fips.ca-central-1.amazonaws.com iotsecuredtunneling ca-central-1
api.tunneling.iot-fips.eu-central-1.amazonaws.com iotsecuredtunneling eu-central-1
api.tunneling.iot-fips.eu-north-1.amazonaws.com iotsecuredtunneling eu-north-1
api.tunneling.iot-fips.eu-west-1.amazonaws.com iotsecuredtunneling eu-west-1
api.tunneling.iot-fips.eu-west-2.amazonaws.com iotsecuredtunneling eu-west-2
api.tunneling.iot-fips.eu-west-3.amazonaws.com iotsecuredtunneling eu-west-3
api.tunneling.iot-fips.me-south-1.amazonaws.com iotsecuredtunneling me-south-1
api.tunneling.iot-fips.sa-east-1.amazonaws.com iotsecuredtunneling sa-east-1
api.tunneling.iot-fips.us-east-1.amazonaws.com iotsecuredtunneling us-east-1
api.tunneling.iot-fips.us-east-2.amazonaws.com iotsecuredtunneling us-east-2
api.tunneling.iot-fips.us-gov-east-1.amazonaws.com iotsecuredtunneling us-gov-east-1
api.tunneling.iot-fips.us-gov-west-1.amazonaws.com iotsecuredtunneling us-gov-west-1
api.tunneling.iot-fips.us-west-1.amazonaws.com iotsecuredtunneling us-west-1
api.tunneling.iot-fips.us-west-2.amazonaws.com iotsecuredtunneling us-west-2
cloudtrail.us-gov-west-1.amazonaws.com cloudtrail us-gov-east-1
rds.ap-east-1.amazonaws.com neptune ap-east-1
rds.ap-northeast-1.amazonaws.com docdb ap-northeast-1
rds.ap-northeast-1.amazonaws.com neptune ap-northeast-1
rds.ap-northeast-2.amazonaws.com docdb ap-northeast-2
rds.ap-northeast-2.amazonaws.com neptune ap-northeast-2
rds.ap-south-1.amazonaws.com docdb ap-south-1
rds.ap-south-1.amazonaws.com neptune ap-south-1
rds.ap-southeast-1.amazonaws.com docdb ap-southeast-1
rds.ap-southeast-1.amazonaws.com neptune ap-southeast-1
rds.ap-southeast-2.amazonaws.com docdb ap-southeast-2
rds.ap-southeast-2.amazonaws.com neptune ap-southeast-2
rds.ca-central-1.amazonaws.com docdb ca-central-1
rds.ca-central-1.amazonaws.com neptune ca-central-1
rds.cn-north-1.amazonaws.com.cn neptune cn-north-1
rds.cn-northwest-1.amazonaws.com.cn docdb cn-northwest-1
rds.cn-northwest-1.amazonaws.com.cn neptune cn-northwest-1
rds.eu-central-1.amazonaws.com docdb eu-central-1
rds.eu-central-1.amazonaws.com neptune eu-central-1
rds.eu-north-1.amazonaws.com neptune eu-north-1
rds.eu-west-1.amazonaws.com docdb eu-west-1
rds.eu-west-1.amazonaws.com neptune eu-west-1
rds.eu-west-2.amazonaws.com docdb eu-west-2
rds.eu-west-2.amazonaws.com neptune eu-west-2
rds.eu-west-3.amazonaws.com docdb eu-west-3
rds.eu-west-3.amazonaws.com neptune eu-west-3
rds.me-south-1.amazonaws.com neptune me-south-1
rds.sa-east-1.amazonaws.com docdb sa-east-1
rds.sa-east-1.amazonaws.com neptune sa-east-1
rds.us-east-1.amazonaws.com docdb us-east-1
rds.us-east-1.amazonaws.com neptune us-east-1
rds.us-east-2.amazonaws.com docdb us-east-2
rds.us-east-2.amazonaws.com neptune us-east-2
rds.us-gov-east-1.amazonaws.com neptune us-gov-east-1
rds.us-gov-west-1.amazonaws.com docdb us-gov-west-1
rds.us-gov-west-1.amazonaws.com neptune us-gov-west-1
rds.us-west-1.amazonaws.com neptune us-west-1
rds.us-west-2.amazonaws.com docdb us-west-2
rds.us-west-2.amazonaws.com neptune us-west-2";

/// Operations that take no signature: signing name, operation.
pub(super) const UNSIGNED: &str = "\
awsssoportal GetRoleCredentials
awsssoportal ListAccountRoles
awsssoportal ListAccounts
awsssoportal Logout
cognito-identity GetCredentialsForIdentity
cognito-identity GetId
cognito-identity GetOpenIdToken
cognito-identity UnlinkIdentity
cognito-idp AssociateSoftwareToken
cognito-idp ChangePassword
cognito-idp CompleteWebAuthnRegistration
cognito-idp ConfirmDevice
cognito-idp ConfirmForgotPassword
cognito-idp ConfirmSignUp
cognito-idp DeleteUser
cognito-idp DeleteUserAttributes
cognito-idp DeleteWebAuthnCredential
cognito-idp ForgetDevice
cognito-idp ForgotPassword
cognito-idp GetDevice
cognito-idp GetTokensFromRefreshToken
cognito-idp GetUser
cognito-idp GetUserAttributeVerificationCode
cognito-idp GetUserAuthFactors
cognito-idp GlobalSignOut
cognito-idp InitiateAuth
cognito-idp ListDevices
cognito-idp ListWebAuthnCredentials
cognito-idp ResendConfirmationCode
cognito-idp RespondToAuthChallenge
cognito-idp RevokeToken
cognito-idp SetUserMFAPreference
cognito-idp SetUserSettings
cognito-idp SignUp
cognito-idp StartWebAuthnRegistration
cognito-idp UpdateAuthEventFeedback
cognito-idp UpdateDeviceStatus
cognito-idp UpdateUserAttributes
cognito-idp VerifySoftwareToken
cognito-idp VerifyUserAttribute
signin CreateOAuth2Token
sso-oauth CreateToken
sso-oauth RegisterClient
sso-oauth StartDeviceAuthorization
sts AssumeRoleWithSAML
sts AssumeRoleWithWebIdentity";
