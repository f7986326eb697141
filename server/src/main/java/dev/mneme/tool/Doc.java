package dev.mneme.tool;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * What a model is told: on an argument record, what the tool does; on a component, what to give. oneOf: the only values allowed,
 * or the only items of a list.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT})
public @interface Doc {
    String value();

    String[] oneOf() default {};
}
