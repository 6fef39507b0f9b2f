import java.nio.file.Path;
import org.apache.catalina.startup.Tomcat;

/** Tomcat, whose own class path has nothing of the web application. */
public class Server {
  public static void main(String[] arguments) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(arguments[1]);
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.getHost().setAppBase(arguments[1]);
    tomcat.addWebapp("", Path.of(arguments[0]).toAbsolutePath().toString());
    tomcat.start();
    tomcat.stop();
    tomcat.destroy();
  }
}
