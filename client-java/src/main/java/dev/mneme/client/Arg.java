package dev.mneme.client;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** An argument of a {@link ToolMethod}: its name, what to give, and whether the model may leave it out (then it is null, 0 or false). */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Arg {
    String value();

    String doc() default "";

    boolean optional() default false;
}
