import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Prints the instance id and the role's credentials, read by version 2 with the client that the first argument names. */
public final class MetadataProgram {
    private static final String BASE = "http://169.254.169.254/latest/";
    private static final String TOKEN = "X-aws-ec2-metadata-token";
    private static final String LIFE = "X-aws-ec2-metadata-token-ttl-seconds";

    private interface Asking {
        String ask(String method, String path, String header, String value) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        Asking asking = arguments[0].equals("client") ? client() : MetadataProgram::connection;
        String token = asking.ask("PUT", "api/token", LIFE, "60");
        System.out.println(asking.ask("GET", "meta-data/instance-id", TOKEN, token));
        String role = "meta-data/iam/security-credentials/" + arguments[1];
        System.out.println(asking.ask("GET", role, TOKEN, token));
    }

    /** Non-blocking sockets and a selector. */
    private static Asking client() {
        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5)).build();
        return (method, path, header, value) -> {
            HttpRequest request = HttpRequest.newBuilder(URI.create(BASE + path)).header(header, value)
                    .method(method, HttpRequest.BodyPublishers.noBody()).timeout(Duration.ofSeconds(5)).build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            return accepted(response.statusCode(), path, response.body());
        };
    }

    /** Sockets that wait. */
    private static String connection(String method, String path, String header, String value) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(BASE + path).toURL().openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty(header, value);
        connection.setConnectTimeout(5000);
        connection.setReadTimeout(5000);
        int status = connection.getResponseCode();
        return accepted(status, path, new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    private static String accepted(int status, String path, String body) throws IOException {
        if (status != 200) {
            throw new IOException(path + ": status " + status);
        }
        return body;
    }
}
