import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;

/** Runs the program when the web application starts, in its own class loader. */
@WebListener
public class Listener implements ServletContextListener {
  @Override
  public void contextInitialized(ServletContextEvent event) {
    Program.main();
  }
}
